"""The documents a person reads are run and compared: commands, file forms, settings, exit codes, help, links.

`python -m tests.test_docs` writes what is made from the code: docs/command.md and the README's table of settings.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path

import pytest
from fpdf import FPDF

from index.principal import person
from index.records.records import Records
from rag.desk import open_desk
from rag.serving import EmbedSettings, ServingSettings
from rag.settings import Settings, load
from tests.served import serving
from ui import exits
from ui.access.hosttoken import HostTokens
from ui.answerer import AtDesk
from ui.app import create_app
from ui.cli import main
from ui.serving import Site

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
COMMAND = ROOT / "docs" / "command.md"
EVALS = ROOT / "docs" / "evals.md"
SERVING = ROOT / "docs" / "serving.md"
EMBEDDING = ROOT / "docs" / "embedding.md"
API = ROOT / "docs" / "api.md"
READING = ROOT / "docs" / "reading.md"
LIBRARY = ROOT / "docs" / "library.md"
PAGES = (README, ROOT / "CHANGELOG.md", ROOT / "SECURITY.md", COMMAND, EVALS, SERVING, EMBEDDING, API, READING, LIBRARY)
COMMANDS = (
    *("", "sync", "add", "library", "library list", "library remove", "library restore"),
    *("ask", "search", "check", "serve", "doctor"),
    *("model", "model list", "model get", "model use"),
    *("eval", "eval run", "eval compare", "eval accept", "eval make"),
    *("eval draft", "eval draft show", "eval draft take", "eval draft dismiss", "bench"),
    *("embed", "key", "key make", "key list", "key revoke", "user", "user export", "user delete", "audit verify"),
)
MARKER = "<!-- settings -->\n"
EMBED_MARKER = "<!-- embed settings -->\n"


def blocks(language: str, page: Path = README) -> list[str]:
    """The fenced blocks of `page` in this language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def shown_commands(page: Path = README) -> list[str]:
    return [line for block in blocks("sh", page) for line in block.splitlines() if line.strip()]


def settings_table(*, serving: bool) -> str:
    """The table of the settings of serving, or of all others, made from the code."""
    rows = ["| in the file | in the environment | default | what it is |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        if (name in ServingSettings.model_fields) is not serving:
            continue
        default = ",".join(field.default) if isinstance(field.default, tuple) else field.default
        shown = f"`{default}`" if default not in (None, "") and not field.default_factory else "not set"
        rows.append(f"| `{name}` | `ONRECORD_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(rows) + "\n"


def embed_settings_table() -> str:
    """The table on what a table `[embeds.NAME]` may hold, made from the code."""
    rows = ["| in the table | default | what it is |", "|---|---|---|"]
    for name, field in EmbedSettings.model_fields.items():
        default = "needed" if field.is_required() else f"`{json.dumps(field.default)}`"
        rows.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def command_page() -> str:
    """docs/command.md: the help of every command, as it is printed 100 columns wide."""
    parts = ["# The command\n\nWhat `--help` prints. The README says how the commands are used.\n"]
    for name in COMMANDS:
        words = " ".join(filter(None, ("onrecord", name)))
        parts.append(f"\n## {words}\n\n```text\n{printed_help(name)}```\n")
    return "".join(parts)


def printed_help(name: str) -> str:
    code = f"import sys; from ui.cli import main; sys.exit(main({[*name.split(), '--help']}))"
    environment = {"COLUMNS": "100", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person's folder with the example documents, and documents of their own in the forms that the README shows."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "examples", folder / "examples")
    (folder / "evals" / "cases").mkdir(parents=True)
    for name in ("cases/briefing.yaml", "baseline.json"):
        shutil.copy(ROOT / "evals" / name, folder / "evals" / name)
    [front_matter], [sources], [feed] = blocks("markdown"), blocks("csv"), blocks("json")
    (folder / "briefs").mkdir()
    (folder / "briefs" / "resume.md").write_text(f"{front_matter}\nThe talks resume in Oslo next week.\n")
    (folder / "briefs" / "sources.csv").write_text(sources)
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica")
    pdf.cell(text="Anna Berg leads the delegation to the talks.")
    pdf.output(str(folder / "briefs" / "talks.pdf"))
    (folder / "press.jsonl").write_text(feed.replace("…", "The ferry to Gdansk sails on Mondays."))
    return folder


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.mark.parametrize(("page", "least"), [(README, 14), (EVALS, 7), (SERVING, 6), (READING, 1), (LIBRARY, 7)])
def test_every_command_shown_does_what_is_said(
    page: Path, least: int, at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = 0
    for line in shown_commands(page):
        if line.startswith(("make ", "onrecord serve")):
            continue
        expected = int(found[1]) if (found := re.search(r"# exit (\d+)$", line)) else 0
        if line.startswith("onrecord "):
            words = [str(Path(word).expanduser()) for word in shlex.split(line, comments=True)[1:]]
            code = main(words)
        else:
            code = subprocess.run(["bash", "-c", line], check=False).returncode
        out, err = capsys.readouterr()
        assert code == expected, f"{line}\n{out}{err}"
        ran += 1
    assert ran >= least


def test_the_cases_shown_are_read_and_met(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [cases] = blocks("yaml", EVALS)
    Path("shown.yaml").write_text(cases, encoding="utf-8")
    main(["sync", "examples/briefing", "examples/desk"])
    code = main(["eval", "run", "shown.yaml", "--no-timing", "--out", "shown"])
    assert code == 0, capsys.readouterr().out


def test_the_file_forms_of_the_readme_are_read_as_said(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["sync", "briefs", "press.jsonl", "--library", "forms", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (report["added"], report["refused"]) == (3, 0)
    main(["search", "talks ferry delegation", "--library", "forms", "--json"])
    found = json.loads(capsys.readouterr().out)["passages"]
    assert {(each["title"], each["publisher"], each["published"]) for each in found} == {
        ("Talks resume", "The Example Post", "2025-03-01")
    }
    assert len(found) == 3
    main(["search", "talks ferry delegation", "--library", "forms", "--json", "--as", "sales"])
    assert json.loads(capsys.readouterr().out)["passages"] == []
    main(["search", "talks ferry delegation", "--library", "forms", "--json", "--as", "legal"])
    assert len(json.loads(capsys.readouterr().out)["passages"]) == 3


@pytest.mark.parametrize(("page", "least"), [(README, 1), (SERVING, 4), (EMBEDDING, 1), (LIBRARY, 2)])
def test_the_settings_shown_are_settings(
    page: Path, least: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_OIDC_SECRET", "as serving.md says")
    shown = blocks("toml", page)
    assert len(shown) >= least
    for number, text in enumerate(shown):
        (tmp_path / f"{number}.toml").write_text(text, encoding="utf-8")
        set_here = load(tmp_path / f"{number}.toml").model_fields_set
        assert set_here >= set(tomllib.loads(text)), text


def test_the_python_of_the_readme_runs(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["sync", "examples/briefing"])
    capsys.readouterr()
    [program] = blocks("python")
    exec(compile(program, "README.md", "exec"), {})
    assert "briefing/2024-06-14-putin-conditions.md" in capsys.readouterr().out


def test_what_programs_are_shown_works_on_a_server(at_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    main(["sync", "examples/briefing", "--library", "asked"])
    with open_desk(load(library="asked")) as desk:
        secret = desk.corpus.library.records.keys.make("a program", person("program"), None, None)[1]
        site = Site.of(load(library="asked", identity="keys"), desk.corpus.library)
        with serving(partial(create_app, AtDesk(desk), site)) as server:
            shown = {"KEY": secret, "SERVER": server}
            for line in shown_commands(API):
                ran = subprocess.run(["bash", "-c", line], env=os.environ | shown, capture_output=True, text=True)
                assert json.loads(ran.stdout or "{}").get("status") == "answered", ran.stderr
            for program in blocks("python", API):
                ran = subprocess.run(
                    [sys.executable, "-c", program], env=os.environ | shown, capture_output=True, text=True
                )
                assert "NATO" in ran.stdout, ran.stderr
                assert "url_citation" in ran.stdout


def test_the_token_that_a_page_is_shown_to_make_is_good(at_home: Path) -> None:
    [program] = blocks("python", EMBEDDING)
    made: dict[str, Callable[[str, list[str], str], str]] = {}
    exec(compile(program, "embedding.md", "exec"), made)
    secret = "0123456789abcdef0123456789abcdef"
    settings = load(token_secret=secret)
    tokens = HostTokens.of(settings, Records.in_memory())
    assert tokens
    assert tokens.principal(made["on_record_token"]("alice", ["press"], secret), "wiki") == person("alice", ["press"])


def test_the_commands_that_make_runs_are_targets() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {word for page in PAGES for word in re.findall(r"\bmake ([a-z-]+)`", page.read_text(encoding="utf-8"))}
    in_blocks = {line.split()[1] for line in shown_commands() if line.startswith("make ")}
    assert {"chat", "test"} <= in_blocks
    assert named | in_blocks <= targets


def test_make_chat_runs_the_command_as_the_readme_does() -> None:
    recipe = subprocess.run(["make", "--dry-run", "chat"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    commands = [line.split("bin/onrecord ")[1] for line in recipe.splitlines() if "bin/onrecord " in line]
    assert [command.split()[0] for command in commands] == ["sync", "serve"]
    for command in commands:
        for option in re.findall(r"--[a-z-]+", command):
            assert option in printed_help(command.split()[0])
    for path in re.findall(r"examples/\S+", recipe):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("page", "serving"), [(README, False), (SERVING, True)])
def test_the_table_of_settings_is_that_of_the_code(page: Path, serving: bool) -> None:
    table = MARKER + settings_table(serving=serving)
    assert table in page.read_text(encoding="utf-8"), "run python -m tests.test_docs"


def test_the_table_of_embed_settings_is_that_of_the_code() -> None:
    assert EMBED_MARKER + embed_settings_table() in EMBEDDING.read_text(encoding="utf-8"), (
        "run python -m tests.test_docs"
    )


def test_the_page_of_the_command_is_what_help_prints() -> None:
    assert COMMAND.read_text(encoding="utf-8") == command_page(), "run python -m tests.test_docs"


def test_every_exit_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README.read_text(encoding="utf-8"), re.MULTILINE)}
    assert told == {exits.DONE, exits.FAILURES, exits.NOT_DONE, exits.ABSTAINED, exits.BUSY, exits.STOPPED}


def links() -> Iterator[tuple[str, str]]:
    """Each page with what it links to, both from the root."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                yield page.name, (page.parent / target).relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("page", "target"), tuple(links()))
def test_every_link_leads_somewhere(page: str, target: str) -> None:
    assert (ROOT / target).exists()


def test_the_tests_that_security_rests_on_are_there() -> None:
    named = re.findall(r"`(tests/[\w/*.]+)(?:::(\w+))?`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 60
    for pattern, test in named:
        files = list(ROOT.glob(pattern))
        assert files, pattern
        assert not test or f"def {test}(" in files[0].read_text(encoding="utf-8"), f"{pattern}::{test}"


def test_the_changelog_knows_this_version() -> None:
    heads = re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heads[0] == version("onrecord")


def write() -> None:
    """Write what is made from the code into the documents."""
    COMMAND.parent.mkdir(exist_ok=True)
    COMMAND.write_text(command_page(), encoding="utf-8")
    _refresh(README, MARKER, settings_table(serving=False))
    _refresh(SERVING, MARKER, settings_table(serving=True))
    _refresh(EMBEDDING, EMBED_MARKER, embed_settings_table())


def _refresh(page: Path, marker: str, table: str) -> None:
    """Put `table` behind `marker`, in place of the rows that stand there."""
    before, _, after = page.read_text(encoding="utf-8").partition(marker)
    rest = re.sub(r"\A(\|.*\n)*", "", after)
    page.write_text(f"{before}{marker}{table}{rest}", encoding="utf-8")


if __name__ == "__main__":
    write()
