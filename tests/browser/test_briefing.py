"""The main job on the example corpus, in a browser: ask an example, read the quotes, open one in its source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.corpus import Corpus
from index.embed import default_embedder
from index.library import Library
from index.sync import sync
from rag.ask import Desk
from rag.quote import Quoter
from tests.browser.conftest import Watched, ask
from tests.served import serving
from ui.answerer import AtDesk
from ui.app import create_app

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
QUESTIONS = tuple((EXAMPLES / "questions.txt").read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("briefing")
    with Library.open(folder, create=True) as library:
        sync([EXAMPLES / "briefing"], library, default_embedder())
    quoter = Quoter()
    with Corpus.open(folder, default_embedder()) as corpus:
        yield Desk(corpus, quoter, quoter.threshold)


@pytest.fixture(scope="module")
def briefing(desk: Desk) -> Iterator[str]:
    with serving(lambda: create_app(AtDesk(desk), examples=QUESTIONS)) as address:
        yield address


def test_the_first_example_is_answered_with_quotes_that_open_lit(watch: Callable[..., Watched], briefing: str) -> None:
    watched = watch(briefing)
    page = watched.page
    page.get_by_role("button", name=QUESTIONS[0]).click()
    page.locator("#current .answered").wait_for()
    numbers = page.locator("#current blockquote a.cite")
    assert numbers.count() >= 3
    for index in range(numbers.count()):
        quote = page.locator("#current blockquote").nth(index).inner_text().rsplit("\xa0", 1)[0]
        numbers.nth(index).click()
        lit = page.frame_locator("#source iframe").locator("mark")
        expect(lit).to_have_text(quote)
        expect(lit).to_be_in_viewport()
    assert watched.elsewhere(briefing) == []
    assert watched.complaints == []


def test_what_the_briefs_do_not_say_is_said_so(watch: Callable[..., Watched], briefing: str) -> None:
    page = watch(briefing).page
    ask(page, "Who won the cricket world cup in 1992?")
    expect(page.locator("#current .verdict")).to_have_text("The documents do not say.")


def test_the_same_question_for_two_days_has_two_answers(watch: Callable[..., Watched], briefing: str) -> None:
    answers = []
    for day in ("2025-11-25", "2025-12-31"):
        page = watch(f"{briefing}/?as_of={day}").page
        ask(page, "What does the Kremlin say about consultations with Washington?")
        answers.append(page.locator("#current .brief").inner_text())
    assert "no consultations" in answers[0]
    assert "Older statement" not in answers[0]
    assert "Older statement" in answers[1]
