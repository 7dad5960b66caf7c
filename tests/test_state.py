"""What the page is told of itself: whether there is anything to ask, and whether the language model answers."""

from __future__ import annotations

import socket
import threading
from contextlib import closing
from dataclasses import dataclass, replace
from typing import cast

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from index.listing import NOTHING, Listing
from index.principal import Principal
from rag.model import Message, Model
from tests import modelserver
from tests.newsroom import Newsroom
from tests.people import api, client, peopled
from tests.served import serving
from ui import modelwatch
from ui.library.keeper import LibraryKeeper
from ui.modelwatch import ModelWatch
from ui.serving import Site

STATE = "/api/v1/state"
NAME = "secret-host-model"


@dataclass(slots=True)
class Bare(Newsroom):
    """A library of which nobody may read anything."""

    def listing(
        self, principal: Principal, *, after: str | None, limit: int, words: str = "", collection: str | None = None
    ) -> Listing:
        return NOTHING


def told(site: Site, *, bare: bool = False, language: str = "en") -> dict[str, object]:
    answerer = Bare() if bare else Newsroom()
    reply = client(api(answerer, site), "alice").get(STATE, headers={"accept-language": language})
    assert reply.status_code == 200, reply.text
    state: dict[str, object] = reply.json()
    return state


def test_a_stranger_is_told_nothing() -> None:
    assert client(api(Newsroom(), peopled()), "").get(STATE).status_code in (401, 403)


def test_a_library_with_something_to_read_is_not_called_empty() -> None:
    assert told(peopled())["empty"] is None


def test_a_reader_who_may_read_nothing_is_told_whom_to_ask_and_no_command() -> None:
    discreet = replace(peopled(), is_discreet=True)
    empty = told(discreet, bare=True)["empty"]
    assert empty == {
        "say": "There is no document here that you may read yet. Ask whoever looks after this server.",
        "link": None,
    }


def test_the_person_at_the_machine_is_told_the_command_where_no_page_adds_documents() -> None:
    empty = told(peopled(), bare=True)["empty"]
    assert isinstance(empty, dict)
    assert "onrecord sync FOLDER" in empty["say"]


def test_who_keeps_the_library_is_led_to_its_page() -> None:
    keeping = replace(peopled(), keeper=cast(LibraryKeeper, object()), librarians=frozenset({"desk"}), is_discreet=True)
    bare = api(Bare(), keeping)
    ada, bob = (client(bare, name, group).get(STATE).json() for name, group in (("ada", "desk"), ("bob", "sport")))
    assert (ada["librarian"], ada["empty"]) == (True, {"say": "The library is empty.", "link": "/library"})
    assert (bob["librarian"], bob["empty"]["link"]) == (False, None)


def test_without_a_model_it_says_so_in_the_reader_s_language() -> None:
    english, german = told(peopled())["model"], told(peopled(), language="de")["model"]
    assert isinstance(english, dict)
    assert isinstance(german, dict)
    assert english["state"] == german["state"] == "none"
    assert english["say"].startswith("Quotes only: no language model is connected.")
    assert german["say"].startswith("Nur Zitate")


def test_readers_are_told_neither_name_nor_command_of_a_model_that_is_away() -> None:
    with closing(Model(f"http://127.0.0.1:{unused()}/v1", NAME)) as model:
        watch = ModelWatch(model)
        watch.look()
        site = replace(peopled(), model=watch, is_discreet=True)
        say = told(site)["model"]["say"]  # type: ignore[index]
        own = told(replace(site, is_discreet=False))["model"]["say"]  # type: ignore[index]
        watch.end()
    assert say == "The language model does not answer just now. Until it is back, answers are quotes only."
    assert NAME in own
    assert "onrecord doctor" in own


def test_a_model_that_goes_and_comes_back_is_told_of_each_time() -> None:
    port = unused()
    with closing(Model(f"http://127.0.0.1:{port}/v1", NAME)) as model:
        watch = ModelWatch(model)
        states = [_after_a_look(watch)]
        with serving(listing_models, port=port):
            states.append(_after_a_look(watch))
        states.append(_after_a_look(watch))
    assert states == ["unreachable", "connected", "unreachable"]


def _after_a_look(watch: ModelWatch) -> str:
    watch.look()
    return watch.state


def listing_models() -> Starlette:
    """A model server that does nothing but list its models."""

    async def models(request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": NAME, "object": "model", "created": 0, "owned_by": ""}]})

    return Starlette(routes=[Route("/v1/models", models)])


def test_a_server_that_lists_its_models_slowly_is_called_slow_until_it_does_not() -> None:
    moments = iter([0.0, modelwatch.LISTED_SLOWLY_SECONDS, 10.0, 10.1])
    with modelserver.serving() as served, closing(Model(served.url, "honest")) as model:
        watch = ModelWatch(model, clock=lambda: next(moments))
        assert [_after_a_look(watch), _after_a_look(watch)] == ["slow", "connected"]


def test_a_model_that_let_its_last_reader_wait_is_called_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    with modelserver.serving() as served, closing(Model(served.url, "honest")) as model:
        watch = ModelWatch(model)
        before = model.waited
        model.complete([Message("user", "Who said it?")], tokens=50)
        after = model.waited
        assert before is None
        assert after is not None
        states: list[str] = [watch.state]
        monkeypatch.setattr(modelwatch, "WRITES_SLOWLY_SECONDS", after)
        states.append(watch.state)
        monkeypatch.setattr("rag.model.RECENT_SECONDS", -1.0)
        states.append(watch.state)
        assert states == ["connected", "slow", "connected"], "what was slow long ago counts no more"


def test_a_model_whose_replies_fail_is_called_away_though_its_server_lists_it() -> None:
    with modelserver.serving() as served, closing(Model(served.url, "wrong-key")) as model:
        watch = ModelWatch(model)
        for _ in range(10):
            if model.breaker == "closed":
                with pytest.raises(Exception, match="key"):
                    model.complete([Message("user", "Who said it?")], tokens=50)
        assert _after_a_look(watch) == "unreachable"


def test_the_watch_looks_by_itself_while_pages_ask_and_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modelwatch, "EVERY_SECONDS", 0.01)
    before = threading.active_count()
    with modelserver.serving() as served, closing(Model(served.url, "honest")) as model:
        looked = threading.Semaphore(0)
        watch = ModelWatch(model)
        monkeypatch.setattr(watch, "look", looked.release)
        watch.asked()
        watch.asked()
        watching = [each for each in threading.enumerate() if each.name == "watches the model"]
        assert len(watching) == 1, "each page begins a watch of its own"
        assert all(looked.acquire(timeout=10) for _ in range(3))
        watch.end()
        watching[0].join(10)
        watch.asked()
    assert threading.active_count() <= before


def unused() -> int:
    """A port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
