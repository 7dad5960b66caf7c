"""What the faces ask, on a real library: the answer, the document, and nothing to those who may not read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient
from starlette.types import Scope

from index.document import Span
from index.embed import default_embedder
from index.principal import LOCAL, PUBLIC, Principal
from rag.ask import Answered, Desk, Question, ask
from rag.quote import Quoter
from tests.shelf import brief, shelf
from ui.answerer import AtDesk
from ui.app import create_app
from ui.brief import source_link
from ui.caller import Caller
from ui.serving import Site

HARVEST = brief(
    "harvest",
    "The harvest of barley was the best in nine years.\nFarmers expect lower prices for bread.",
    published="2024-09-01",
    publisher="Rural desk",
    title="A good year for barley",
    readers=("farmers",),
)
TALKS = brief(
    "talks",
    "Talks in the capital lasted five hours, the adviser Irina Belova told reporters.\nThe envoys brought four papers.",
    published="2025-12-02",
    publisher="Moscow desk",
    title="Envoys meet Orlov",
)
QUESTION = Question("How long did the talks in the capital last?")
SECRET = Question("How was the harvest of barley?")
FARMER = Principal("ann", frozenset({PUBLIC, "farmers"}))
STRANGER = Principal("bob", frozenset({PUBLIC}))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    quoter = Quoter()
    with shelf(tmp_path_factory.mktemp("library"), [HARVEST, TALKS], default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


def test_it_answers_as_the_desk_does(desk: Desk) -> None:
    last = list(AtDesk(desk).stream(LOCAL, QUESTION))[-1]
    assert isinstance(last, Answered)
    assert last.answer.evidence == ask(LOCAL, QUESTION, desk).evidence
    assert "five hours" in last.answer.evidence[0].quote


def test_a_document_is_given_to_its_readers_only(desk: Desk) -> None:
    answerer = AtDesk(desk)
    for reader in (LOCAL, FARMER):
        found = answerer.document(reader, HARVEST.id)
        assert found
        assert found.text == HARVEST.text
    assert answerer.document(STRANGER, HARVEST.id) is None
    assert answerer.document(Principal("nobody", frozenset()), TALKS.id) is None
    assert answerer.document(LOCAL, "0" * 32) is None


@pytest.mark.parametrize(("principal", "sees"), [(LOCAL, True), (FARMER, True), (STRANGER, False)])
def test_a_document_is_found_listed_and_named_to_its_readers_only(desk: Desk, principal: Principal, sees: bool) -> None:
    answerer = AtDesk(desk)
    found = {each.attribution.document_id for each in answerer.search(principal, SECRET, 10)}
    listed = {each.attribution.document_id for each in answerer.listing(principal, after=None, limit=10).documents}
    readable = answerer.readable(principal, [HARVEST.id, TALKS.id, "0" * 32])
    assert [HARVEST.id in each for each in (found, listed, readable)] == [sees] * 3
    assert TALKS.id in listed & readable
    assert "0" * 32 not in readable


def test_the_generation_is_the_librarys(desk: Desk) -> None:
    assert AtDesk(desk).generation() == desk.corpus.generation > 0


@pytest.mark.parametrize(("principal", "sees"), [(FARMER, True), (STRANGER, False)])
def test_no_route_shows_a_document_to_who_may_not_read_it(desk: Desk, principal: Principal, sees: bool) -> None:
    """The same question over the API, the same address of the source: the words of the document come or do not."""

    def identify(scope: Scope) -> Caller:
        return Caller(principal, by="login")

    link = source_link(HARVEST.id, Span(0, len(HARVEST.text)), HARVEST.text)
    with TestClient(
        create_app(AtDesk(desk), replace(Site.alone(), identify=identify)), base_url="http://127.0.0.1"
    ) as client:
        answer = client.post("/api/v1/ask", json={"question": SECRET.text})
        page = client.get(link)
    assert answer.status_code == 200
    assert ("barley was the best" in answer.text) is sees
    assert ("barley was the best" in page.text) is sees
    assert page.status_code == (200 if sees else 404)
    assert sees or str(HARVEST.title) not in page.text
