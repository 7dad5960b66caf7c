"""`onrecord model`: what it lists, what it fetches, and what it writes into a settings file and leaves alone there."""

from __future__ import annotations

import hashlib
import json
import random
import socket
import stat
import tomllib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from rag.errors import InvalidSettings
from rag.local import catalogue, nearby
from rag.local.catalogue import named
from rag.settings import load
from rag.settings_file import Change, change, settings_file
from tests.fileserver import FileServer, file_server
from tests.smallmodel import gguf, need_small_model
from tests.test_nearby import OLLAMA, VLLM, listening
from ui import model_view
from ui.cli import main

MODEL = gguf({"general.architecture": "llama", "llama.context_length": 4096}, rest=random.Random(1).randbytes(200_000))
HASH = hashlib.sha256(MODEL).hexdigest()
COMMENTED = """# What the team uses.
library = "team"   # on the shared disk

# Nobody else may read.
readers = ["press", "legal"]
model = "old"  # slow
port = 9000
reranker = "package.module:Class"

[reranker_options]
top_n = 3
"""
CATALOGUE = f"""
hubs = ["HUB", "http://127.0.0.1:9"]
[[model]]
name = "tiny"
title = "A tiny one"
about = "for a test"
licence = "MIT"
quantisation = "Q4_0"
memory = 4
bytes = {len(MODEL)}
sha256 = "{HASH}"
repository = "someone/tiny-GGUF"
revision = "{"0" * 40}"
file = "tiny.gguf"
records = 1
[[model]]
name = "huge"
title = "A huge one"
about = "for another test"
licence = "Apache-2.0"
quantisation = "Q8_0"
memory = 100000
bytes = 90000000000000
sha256 = "{"f" * 64}"
repository = "someone/huge-GGUF"
revision = "{"0" * 40}"
file = "huge.gguf"
records = 1
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, where nobody listens at the usual ports."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(model_view, "nearby", lambda: nearby.nearby((("Ollama", unused()),)))
    return tmp_path


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FileServer]:
    """A hub that has one small model, and a catalogue that names it."""
    with file_server(MODEL) as server:
        path = tmp_path / "catalogue.toml"
        path.write_text(CATALOGUE.replace("HUB", server.url("")))
        entries = catalogue.catalogue(path)
        for place in ("rag.local.catalogue.catalogue", "rag.local.weights.catalogue", "ui.model_view.catalogue"):
            monkeypatch.setattr(place, lambda: entries)
        yield server


def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def in_models(home: Path, name: str, content: bytes = MODEL) -> Path:
    path = home / "data" / "onrecord" / "models" / f"{name}.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class Said:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        """What the command prints, on standard output and error."""
        assert main(["model", *arguments]) == code
        told = self._capsys.readouterr()
        return told.out, told.err


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return Said(capsys)


# The settings file.


def written(text: str, name: str = "onrecord.toml") -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_other_lines_and_comments_stay_as_they_are() -> None:
    path = written(COMMENTED)
    before = path.read_text().splitlines()
    changes = change(path, {"model": "local:tiny", "model_url": None})
    assert changes == (Change("model", "old", "local:tiny"),)
    after = path.read_text().splitlines()
    assert [line for line in before if line not in after] == ['model = "old"  # slow']
    assert [line for line in after if line not in before] == ['model = "local:tiny"  # slow']


def test_a_new_setting_goes_before_the_tables() -> None:
    path = written('reranker = "a:B"\n\n[reranker_options]\ntop_n = 3\n')
    change(path, {"model": "m"})
    assert tomllib.loads(path.read_text()) == {"reranker": "a:B", "model": "m", "reranker_options": {"top_n": 3}}


def test_a_setting_is_taken_out_with_its_line_only() -> None:
    path = written('# first\nmodel = "m"\nmodel_url = "http://127.0.0.1/v1"\nport = 1\n')
    assert change(path, {"model": None, "model_url": None}) == (
        Change("model", "m", None),
        Change("model_url", "http://127.0.0.1/v1", None),
    )
    assert path.read_text() == "# first\nport = 1\n"


def test_a_file_that_is_not_there_is_made() -> None:
    path = Path("onrecord.toml")
    assert change(path, {"model": "m"}) == (Change("model", None, "m"),)
    assert path.read_text() == 'model = "m"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_nothing_to_change_touches_nothing() -> None:
    path = written('model="m"')
    touched = path.stat().st_mtime_ns
    assert change(path, {"model": "m", "model_url": None}) == ()
    assert path.stat().st_mtime_ns == touched
    assert change(Path("other.toml"), {"model": None}) == ()
    assert not Path("other.toml").exists()


def test_its_permissions_stay_and_a_link_leads_to_the_file(tmp_path: Path) -> None:
    real = written("port = 1\n", "etc/real.toml")
    real.chmod(0o600)
    link = tmp_path / "onrecord.toml"
    link.symlink_to(real)
    change(link, {"model": "m"})
    assert link.is_symlink()
    assert real.read_text() == 'port = 1\nmodel = "m"\n'
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["port = ", "[[", "port = 1\nport = 2"])
def test_a_file_that_is_not_toml_is_left_alone(text: str) -> None:
    path = written(text)
    with pytest.raises(InvalidSettings, match=r"onrecord\.toml cannot be read as TOML"):
        change(path, {"model": "m"})
    assert path.read_text() == text
    assert [each.name for each in Path().iterdir()] == ["onrecord.toml"]


def test_a_file_that_would_be_wrong_is_left_alone() -> None:
    path = written("libary = 'x'\n")
    with pytest.raises(InvalidSettings) as caught:
        change(path, {"model": "m"})
    assert str(caught.value) == "onrecord.toml sets libary, which is no setting; the nearest is library"
    assert path.read_text() == "libary = 'x'\n"
    with pytest.raises(InvalidSettings, match="begin it with http"):
        change(written("port = 1\n"), {"model_url": "localhost"})
    assert path.read_text() == "port = 1\n"
    assert [each.name for each in Path().iterdir()] == ["onrecord.toml"]


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(InvalidSettings, match="cannot be written"):
        change(Path("nowhere/onrecord.toml"), {"model": "m"})


def test_the_file_in_force_is_the_one_named_or_of_the_environment_or_here(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_file() == Path("onrecord.toml")
    monkeypatch.setenv("ONRECORD_CONFIG", "etc/team.toml")
    assert settings_file() == Path("etc/team.toml")
    assert settings_file(Path("mine.toml")) == Path("mine.toml")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_whatever_a_model_is_called_it_is_read_back_as_written(name: str) -> None:
    path = written("# kept\nport = 1\n", "any.toml")
    change(path, {"model": name})
    assert load(path).model == name
    assert path.read_text(encoding="utf-8").startswith("# kept\nport = 1\n")


# The list.


def test_the_list_tells_what_fits_and_what_is_here(said: Said, home: Path, hub: FileServer) -> None:
    path = in_models(home, "tiny")
    in_models(home, "my-own")
    out, err = said.run("list")
    lines = [line.split() for line in out.splitlines()]
    assert ["tiny", "0", "MB", "here", "for", "a", "test", "(MIT)"] in lines
    assert "For 100000 GB of memory, which is more than this machine has" in out
    assert "Also here: my-own" in out.replace("\n", "")
    assert str(path.parent) in out
    assert "Writing answers: none; answers are exact quotes" in out
    assert err == ""


def test_the_list_as_json_holds_everything(said: Said, home: Path, hub: FileServer) -> None:
    path = in_models(home, "tiny")
    other = in_models(home, "my-own")
    written('model = "local:tiny"\n')
    told = json.loads(said.run("list", "--json")[0])
    assert told["chosen"] == "local:tiny"
    assert told["folder"] == str(path.parent)
    assert told["machine"]["cores"] >= 1
    tiny, huge = told["models"]
    assert tiny["path"] == str(path)
    assert (tiny["fits"], huge["fits"], huge["path"]) == (True, False, None)
    assert (tiny["bytes"], tiny["sha256"], tiny["licence"]) == (len(MODEL), HASH, "MIT")
    assert tiny["sources"][0] == hub.url(f"/someone/tiny-GGUF/resolve/{'0' * 40}/tiny.gguf")
    assert told["others"] == [{"name": "my-own", "path": str(other)}]
    assert told["servers"] == []
    assert hub.asked == []


def test_the_list_offers_what_listens_here(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(OLLAMA) as there:
        monkeypatch.setattr(model_view, "nearby", lambda: nearby.nearby((("Ollama", there.port),), seconds=5))
        out = said.run("list")[0]
        told = json.loads(said.run("list", "--json")[0])
    url = f"http://127.0.0.1:{there.port}/v1"
    assert f"Ollama listens here, with qwen3:4b: `onrecord model use {url}` lets it write answers" in out
    assert told["servers"] == [{"server": "Ollama", "url": url, "models": ["qwen3:4b"]}]
    assert not Path("onrecord.toml").exists()


def test_a_name_that_would_steer_the_terminal_is_shown_harmless(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = {"data": [{"id": "a\x1b[2J\x1b]0;b\x07[red]c[/red]"}]}
    with listening(hostile) as there:
        monkeypatch.setattr(model_view, "nearby", lambda: nearby.nearby((("Ollama", there.port),), seconds=5))
        out = said.run("list")[0]
    assert "\x1b" not in out
    assert "[red]c[/red]" in out


def test_the_real_catalogue_is_listed_whole_and_narrow(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = said.run("list")[0]
    for entry in catalogue.catalogue():
        assert f"  {entry.name} " in out
    assert out.index("For 8 GB of memory") < out.index("For 16 GB of memory") < out.index("For 32 GB of memory")
    table = out.split("\n\n")[0]
    assert max(map(len, table.splitlines())) <= 80


# Fetching.


def test_a_model_is_fetched_by_its_name(said: Said, home: Path, hub: FileServer) -> None:
    out, err = said.run("get", "tiny")
    path = home / "data" / "onrecord" / "models" / "tiny.gguf"
    assert path.read_bytes() == MODEL
    assert out == (f"tiny is in {path}, with the right hash.\nLet it write answers: onrecord model use tiny\n")
    assert f"tiny: fetching from 127.0.0.1:{hub.port}" in err
    assert "tiny: 100 %" in err
    assert "tiny: checking its hash" in err


def test_a_model_that_is_here_is_not_fetched_again(said: Said, home: Path, hub: FileServer) -> None:
    in_models(home, "tiny")
    out, err = said.run("get", "tiny")
    assert "with the right hash" in out
    assert hub.asked == []
    assert err == ""


def test_another_file_of_that_name_is_not_overwritten(said: Said, home: Path, hub: FileServer) -> None:
    path = in_models(home, "tiny", b"GGUF of mine")
    err = said.run("get", "tiny", code=2)[1]
    assert err == f"onrecord: {path} is another file than the one meant; remove it, or use it by its path\n"
    assert path.read_bytes() == b"GGUF of mine"
    assert hub.asked == []


def test_a_fetch_that_was_stopped_is_gone_on_with(said: Said, home: Path, hub: FileServer) -> None:
    part = in_models(home, "tiny", MODEL[:70_000])
    part.rename(part.with_name("tiny.gguf.part"))
    err = said.run("get", "tiny")[1]
    assert hub.asked_from == [70_000]
    assert "from 0 MB on" in err
    assert part.read_bytes() == MODEL


def test_a_mirror_of_ones_own_is_asked_instead(said: Said, hub: FileServer) -> None:
    with file_server(MODEL) as mirror:
        said.run("get", "tiny", "--from", mirror.url("/mirror"), "--folder", "here")
        assert mirror.asked[0][0] == f"/mirror/someone/tiny-GGUF/resolve/{'0' * 40}/tiny.gguf"
    assert hub.asked == []
    assert Path("here/tiny.gguf").read_bytes() == MODEL


def test_the_second_hub_is_tried_and_both_are_named_when_they_fail(said: Said, hub: FileServer) -> None:
    hub.statuses = [404]
    err = said.run("get", "tiny", code=2)[1].splitlines()[-1]
    assert f"127.0.0.1:{hub.port} answers 404" in err
    assert "127.0.0.1:9 cannot be reached" in err


def test_the_folder_may_be_a_setting(said: Said, hub: FileServer) -> None:
    written('models = "weights"\n', "etc/onrecord.toml")
    said.run("get", "tiny", "--config", "etc/onrecord.toml")
    assert Path("etc/weights/tiny.gguf").read_bytes() == MODEL


def test_a_file_at_an_address_is_fetched_by_its_hash(said: Said, home: Path, hub: FileServer) -> None:
    out = said.run("get", hub.url("/files/My-Model.gguf?download=true"), "--sha256", HASH.upper())[0]
    path = home / "data" / "onrecord" / "models" / "My-Model.gguf"
    assert path.read_bytes() == MODEL
    assert "onrecord model use My-Model" in out


@pytest.mark.parametrize("arguments", [(), ("--sha256", "abc"), ("--sha256", "")])
def test_a_file_at_an_address_is_not_fetched_unseen(said: Said, hub: FileServer, arguments: tuple[str, ...]) -> None:
    assert "add --sha256" in said.run("get", hub.url(), *arguments, code=2)[1]
    assert hub.asked == []


def test_a_file_that_is_no_model_is_told_after_its_fetch(said: Said, hub: FileServer) -> None:
    hub.data = b"<html>not a model</html>"
    digest = hashlib.sha256(hub.data).hexdigest()
    assert "is no GGUF file" in said.run("get", hub.url("/x.gguf"), "--sha256", digest, code=2)[1]


def test_a_name_that_is_not_in_the_catalogue_names_the_nearest(said: Said, hub: FileServer) -> None:
    err = said.run("get", "tinny", code=2)[1]
    assert err == "onrecord: the catalogue has no model tinny; the nearest is tiny, see `onrecord model list`\n"


def test_a_bar_is_drawn_where_there_is_a_terminal(hub: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = StringIO()
    console = Console(force_terminal=True, width=100, file=drawn, color_system=None)
    monkeypatch.setattr(model_view, "console", lambda stderr=False: console)
    with model_view.watched("tiny") as watcher:
        watcher.source("hub.example", 100_000, 200_000)
        watcher.grown(150_000)
        watcher.checking()
    assert "tiny" in drawn.getvalue()
    assert "150.0/200.0 kB" in drawn.getvalue()
    assert "checking its hash" in drawn.getvalue()


# Choosing.


def test_a_model_that_is_here_is_chosen(said: Said, home: Path) -> None:
    in_models(home, "tiny")
    written(COMMENTED)
    out, err = said.run("use", "tiny")
    assert out == "onrecord.toml: model is local:tiny (was old)\n"
    assert load().model == "local:tiny"
    assert "# on the shared disk" in Path("onrecord.toml").read_text()
    assert err == ""
    assert said.run("use", "tiny")[0] == "onrecord.toml says so already.\n"


def test_a_file_is_chosen_by_its_path_whole(said: Said, home: Path) -> None:
    path = written("", "elsewhere/Mine.gguf")
    path.write_bytes(MODEL)
    said.run("use", "elsewhere/Mine.gguf")
    assert load().model == f"local:{home / 'elsewhere' / 'Mine.gguf'}"


def test_a_model_of_this_machine_takes_the_place_of_a_server(said: Said, home: Path) -> None:
    in_models(home, "tiny")
    written('model = "m"\nmodel_url = "http://127.0.0.1:1/v1"\n')
    out = said.run("use", "tiny")[0]
    assert "onrecord.toml: model_url is not set (was http://127.0.0.1:1/v1)" in out
    assert (load().model, load().model_url) == ("local:tiny", None)


def test_what_is_not_here_cannot_be_chosen(said: Said) -> None:
    assert "onrecord model get qwen3-4b" in said.run("use", "qwen3-4b", code=2)[1]
    assert "there is no model gpt-9" in said.run("use", "gpt-9", code=2)[1]
    assert "name a GGUF file that exists" in said.run("use", "./gpt-9.gguf", code=2)[1]
    written("hello", "page.gguf")
    assert "is no GGUF file" in said.run("use", "page.gguf", code=2)[1]
    assert not Path("onrecord.toml").exists()


def test_a_model_too_large_for_this_machine_cannot_be_chosen(
    said: Said, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = in_models(home, "tiny")
    with path.open("r+b") as file:
        file.truncate(2**42)  # four terabytes of nothing
    err = said.run("use", "tiny", code=2)[1]
    assert "the model tiny takes 4398" in err
    assert not Path("onrecord.toml").exists()


def test_a_server_that_offers_one_model_is_chosen_with_it(said: Said) -> None:
    with listening(OLLAMA) as there:
        said.run("use", f"http://localhost:{there.port}/v1/")
    assert (load().model, load().model_url) == ("qwen3:4b", f"http://localhost:{there.port}/v1")


def test_the_path_of_the_protocol_may_be_left_out(said: Said) -> None:
    with listening(OLLAMA) as there:
        said.run("use", f"http://127.0.0.1:{there.port}")
    assert load().model_url == f"http://127.0.0.1:{there.port}/v1"


def test_of_several_models_one_has_to_be_named(said: Said) -> None:
    several = {"data": [{"id": "a", "owned_by": "library"}, {"id": "b", "owned_by": "library"}]}
    with listening(several) as there:
        url = f"http://127.0.0.1:{there.port}/v1"
        assert said.run("use", url, code=2)[1] == f"onrecord: {url} offers a, b; choose one with --model\n"
        said.run("use", url, "--model", "b")
    assert load().model == "b"


def test_a_server_that_does_not_answer_is_told_unless_its_model_is_named(said: Said) -> None:
    url = f"http://127.0.0.1:{unused()}/v1"
    assert "no model server answers" in said.run("use", url, code=2)[1]
    assert not Path("onrecord.toml").exists()
    said.run("use", url, "--model", "m")
    assert (load().model, load().model_url) == ("m", url)


def test_a_server_elsewhere_is_not_asked_when_it_is_chosen(said: Said) -> None:
    """A look-up of its name would be refused by what these tests stand on."""
    written('model = "m"\n')
    said.run("use", "https://models.example/v1")
    assert (load().model, load().model_url) == (None, "https://models.example/v1")


def test_a_password_in_an_address_is_refused_and_not_written(said: Said) -> None:
    written("port = 1\n")
    err = said.run("use", "https://me:secret@models.example/v1", code=2)[1]
    assert "model_key" in err
    assert "secret" not in err
    assert Path("onrecord.toml").read_text() == "port = 1\n"


def test_none_gives_quotes_alone(said: Said) -> None:
    written('port = 1\nmodel = "m"\nmodel_url = "http://127.0.0.1:1/v1"\n')
    said.run("use", "none")
    assert Path("onrecord.toml").read_text() == "port = 1\n"


def test_another_settings_file_may_be_named(said: Said, home: Path) -> None:
    in_models(home, "tiny")
    written("port = 1\n", "etc/team.toml")
    said.run("use", "tiny", "--config", "etc/team.toml")
    assert load(Path("etc/team.toml")).model == "local:tiny"
    assert not Path("onrecord.toml").exists()


def test_what_stands_in_the_way_is_said(said: Said, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_models(home, "tiny")
    monkeypatch.setenv("ONRECORD_MODEL", "other")
    monkeypatch.setattr("ui.models.find_spec", lambda name: None)
    err = said.run("use", "tiny")[1]
    assert "the environment sets ONRECORD_MODEL, which wins over the file; unset it" in err
    assert "llama.cpp is not installed" in err
    assert tomllib.loads(Path("onrecord.toml").read_text()) == {"model": "local:tiny"}


def test_the_real_small_model_goes_through_all_three(said: Said, home: Path) -> None:
    small = need_small_model()
    with file_server(small.read_bytes()) as server:
        server.cuts = [40_000_000]
        server.a_piece = 2**20
        said.run("get", "smollm2-135m", "--from", server.url(""))
        assert server.asked_from == [0, 40_000_000]
    assert "here" in said.run("list")[0]
    said.run("use", "smollm2-135m")
    assert load().model == "local:smollm2-135m"
    assert (
        named("smollm2-135m").sha256
        == hashlib.sha256((home / "data/onrecord/models/smollm2-135m.gguf").read_bytes()).hexdigest()
    )


def test_sizes_are_told_as_a_person_reads_them() -> None:
    assert [model_view.size(count) for count in (0, 98_362_432, 999_600_000, 18_556_686_752)] == [
        *("0 MB", "98 MB", "1000 MB", "18.6 GB"),
    ]


def test_a_server_that_is_chosen_is_sent_one_get_and_nothing_else(said: Said) -> None:
    with listening(VLLM) as there:
        said.run("use", f"http://127.0.0.1:{there.port}/v1")
    assert there.seen == [("GET", "/v1/models", None)]
    assert load().model == "Qwen/Qwen3-8B"
