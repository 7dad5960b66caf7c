"""Settings that could not do what they say: each is refused, in one sentence, by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.effect import ANSWERING, SERVING
from rag.errors import InvalidSettings
from rag.settings import load

WIKI = {"origins": ["https://wiki.example.org"]}
PUBLIC_WIKI = WIKI | {"audience": "public"}
PROXY: dict[str, object] = {"identity": "header", "trusted_peers": "127.0.0.1"}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


WITHOUT_EFFECT: dict[str, tuple[dict[str, object], str]] = {
    "everybody is a librarian": (
        PROXY | {"librarians": "press, public"},
        "librarians lists public, which everybody holds, so everybody would look after the library; name a label that "
        "only librarians hold, or leave it out: with identity local the person at this machine may",
    ),
    "everybody is a librarian at this machine": (
        {"librarians": ("public",)},
        "librarians lists public, which everybody holds, so everybody would look after the library; name a label that "
        "only librarians hold, or leave it out: with identity local the person at this machine may",
    ),
    "nobody is a librarian": (
        PROXY | {"librarians": "nobody"},
        "librarians lists 'nobody', which nobody can hold; name a label of readers, as library",
    ),
    "a librarian's label with a space behind it": (
        {"identity": "keys", "librarians": ("library ",)},
        "librarians lists 'library ', which nobody can hold; name a label of readers, as library",
    ),
    "two librarians' labels as one": (
        PROXY | {"librarians": ("press, library",)},
        "librarians lists 'press, library' as one label, and nobody holds one with ',' in it, as identity is header; "
        'list each label by itself, as ["press", "library"]',
    ),
    "readers of those who read what they may": (
        {"embeds": {"wiki": WIKI | {"readers": ["press"]}}},
        "the embed wiki names readers and is for people who are signed in, each of whom reads what they may anywhere; "
        'set audience to "public", or leave readers out',
    ),
    "a public embed that reads what nobody may": (
        {"embeds": {"wiki": PUBLIC_WIKI | {"readers": ["public", "nobody"]}}},
        "the embed wiki is public and would read what nobody may; take nobody out of its readers",
    ),
    "an embed that looks into nothing": (
        {"embeds": {"wiki": PUBLIC_WIKI | {"collections": [" "]}}},
        "the embed wiki lists a collection without a name, which nothing is in; name it, or leave it out",
    ),
    "a link host with its scheme": (
        {"link_hosts": "https://wiki.example.org"},
        "the host https://wiki.example.org in link_hosts is no exact name, so no link would lead there; "
        "list the name alone, as wiki.example.org, without https://, path or *",
    ),
    "a fetch host with its port": (
        {"fetch_hosts": "wiki.example.org:8080"},
        "the host wiki.example.org:8080 in fetch_hosts is no exact name, so no page could be added from there; "
        "list the name alone, as wiki.example.org, without https://, port, path or *, and in ASCII (xn--…)",
    ),
    "an answer as long as all that a model reads": (
        {"model_context": 4096, "model_answer_tokens": 4096},
        "model_answer_tokens (4096) leave the model nothing of model_context (4096) to read; set them lower, or "
        "model_context to what the model can read",
    ),
    "a first word after the last": (
        {"model_first_seconds": 90, "model_seconds": 60},
        "model_first_seconds (90) is more than model_seconds (60), in which the whole answer comes; set it lower",
    ),
    "a judge without a server": (
        {"judge_model": "strict"},
        "the judge_model strict has no server; set model_url, or leave it out",
    ),
    "a judge elsewhere for a model on this machine": (
        {"model": "local:small", "judge_model": "strict"},
        "the judge_model strict has no server; set model_url, or leave it out",
    ),
}


@pytest.mark.parametrize(("flags", "sentence"), WITHOUT_EFFECT.values(), ids=WITHOUT_EFFECT)
def test_a_setting_that_could_not_do_what_it_says_is_refused_by_name(flags: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        load(None, **flags)
    assert str(caught.value) == sentence


def test_every_check_refuses_something() -> None:
    for group, checks in (("SERVING", SERVING), ("ANSWERING", ANSWERING)):
        for check in checks:
            others = tuple(each for each in checks if each is not check)
            assert any(_loads_without(group, others, flags) for flags, _ in WITHOUT_EFFECT.values()), check.__name__


def _loads_without(group: str, others: tuple[object, ...], flags: dict[str, object]) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"rag.effect.{group}", others)
        try:
            load(None, **flags)
        except InvalidSettings:
            return False
    return True


@pytest.mark.parametrize(
    "host",
    [
        *("", "*.example.org", "wiki.example.org/page", "//wiki.example.org", "me@wiki.example.org", ".example.org"),
        *("wiki..example.org", "wiki.example.org?", "wiki example.org", "wiki.example.org\n"),
    ],
)
@pytest.mark.parametrize("setting", ["link_hosts", "fetch_hosts"])
def test_a_host_that_nothing_is_compared_equal_to_is_refused(setting: str, host: str) -> None:
    with pytest.raises(InvalidSettings, match=f"in {setting} is no exact name"):
        load(None, **{setting: (host,)})


@pytest.mark.parametrize(
    "flags",
    [
        {"librarians": "press,library"},
        {"identity": "keys", "librarians": ("CN press",)},
        PROXY | {"librarians": "user:ann"},
        {"link_hosts": "wiki.example.org, Bücher.Example, wiki.corp:8443, localhost"},
        {"fetch_hosts": "wiki.example.org, 127.0.0.1, ::1, [fd00::7], wiki_2, xn--bcher-kva.example, Wiki.corp."},
        {"model_url": "http://127.0.0.1:1/v1", "judge_model": "strict"},
        {"model": "gpt-5", "judge_model": "strict"},
        {"model_first_seconds": 60, "model_seconds": 60},
        {"embeds": {"wiki": PUBLIC_WIKI | {"readers": ["press"], "collections": ["wiki"]}}},
    ],
)
def test_what_can_be_done_is_taken(flags: dict[str, object]) -> None:
    load(None, **flags)
