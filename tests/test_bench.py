"""`onrecord bench`: the list, the three ways a table is printed, and what is refused in one sentence."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from evals.benchmarks import catalogue
from evals.benchmarks.catalogue import CATALOGUE, NotInstalled, UnknownBenchmark, find
from evals.benchmarks.job import Job
from tests.bench_sets import lines
from tests.test_bench_ramdocs import OTHER, RIGHT, WRONG
from ui.cli import main
from ui.exits import DONE, NOT_DONE


@pytest.fixture
def data(tmp_path: Path) -> Path:
    row: dict[str, object] = {
        "id": "case",
        "question": "When was the bridge at Elmstead opened?",
        "documents": [{"text": text, "type": "correct", "answer": "?"} for text in (RIGHT, WRONG, OTHER)],
        "gold_answers": ["1901"],
        "wrong_answers": ["1911"],
    }
    lines(tmp_path / "ramdocs" / "ramdocs.jsonl", [row])
    return tmp_path


def test_the_benchmarks_are_listed_with_their_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench"]) == DONE
    told = " ".join(capsys.readouterr().out.split())
    assert all(each.name in told and each.files[0] in told for each in CATALOGUE)
    assert "http" not in told
    assert main(["bench", "--json"]) == DONE
    listed = json.loads(capsys.readouterr().out)["benchmarks"]
    assert [each["name"] for each in listed] == [each.name for each in CATALOGUE]


def test_each_of_the_list_can_be_run() -> None:
    for each in CATALOGUE:
        assert find_spec(f"evals.benchmarks.{each.module}")
        assert find(each.name.replace("NAME", "towns"))[0] == each


@pytest.mark.parametrize("inside", [False, True])
def test_a_table_is_printed_for_a_person(data: Path, capsys: pytest.CaptureFixture[str], inside: bool) -> None:
    assert main(["bench", "ramdocs", "--data", str(data / "ramdocs" if inside else data)]) == DONE
    told = capsys.readouterr()
    assert told.out.startswith("RAMDocs: conflicting evidence\n")
    assert "every right answer and no wrong one unmarked" in " ".join(told.out.split())
    assert "MADAM-RAG" in told.out
    assert told.err == ""


def test_a_table_is_printed_as_json_and_the_cases_kept(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = data / "cases.jsonl"
    assert main(["bench", "ramdocs", "--data", str(data), "--json", "--cases", str(kept), "--limit", "1"]) == DONE
    table = json.loads(capsys.readouterr().out)
    assert (table["name"], table["cases"], table["unit"]) == ("ramdocs", 1, "questions")
    first = table["rows"][0]
    assert (first["seen"], first["ours"]["cases"], first["references"][0]["value"]) == ("in part", 1, 0.326)
    assert table["weakest"]
    (case,) = map(json.loads, kept.read_text(encoding="utf-8").splitlines())
    assert case["id"] == "case"


def test_a_table_is_printed_as_markdown(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "ramdocs", "--data", str(data), "--markdown"]) == DONE
    told = capsys.readouterr().out
    assert told.startswith("## RAMDocs: conflicting evidence\n")
    assert "**What this says:**" in told


def test_the_scripted_model_writes_where_it_is_asked_to(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "ramdocs", "--data", str(data), "--demo-model", "--json"]) == DONE
    rows = json.loads(capsys.readouterr().out)["rows"]
    (stands,) = (row["ours"]["value"] for row in rows if row["measure"] == "prose stands")
    assert stands == 1.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["clapnk", "--data", "."], "there is no benchmark clapnk; did you mean clapnq?"),
        (["xyz", "--data", "."], "there is no benchmark xyz; there are clapnq, "),
        (["beir", "--data", "."], "beir needs the name of a set, as beir:scifact"),
        (["wice:all", "--data", "."], "wice takes nothing after its name; leave :all out"),
        (["--data", "."], "name the benchmark; without options they are listed"),
        (["wice"], "name the folder with wice/claims_dev.jsonl"),
        (["wice", "--data", ".", "--demo-model"], "wice lets no model write; leave it out"),
        (["wice", "--data", ".", "--json", "--markdown"], "give either --markdown or --json"),
        (["ramdocs", "--data", ".", "--demo-model", "--model", "m"], "give either a model or --demo-model"),
        (["wice", "--data", "{empty}"], "holds neither wice/claims_dev.jsonl nor claims_dev.jsonl"),
        (["ramdocs", "--data", "{empty}", "--cases", "{data}"], "cannot be written"),  # before any data is read
    ],
)
def test_what_is_wrong_is_one_sentence(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    given = [each.format(empty=tmp_path / "empty", data=data) for each in arguments]
    assert main(["bench", *given]) == NOT_DONE
    told = capsys.readouterr()
    assert told.err.startswith("onrecord: ")
    assert said in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_what_is_not_installed_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="sklearn.linear_model")

    monkeypatch.setattr(catalogue, "import_module", missing)
    with pytest.raises(NotInstalled, match=r"wice measures with sklearn, which is not installed; run `make setup-dev`"):
        catalogue.run("wice", Job(Path()))


def test_a_module_of_our_own_that_is_missing_is_no_remedy_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(catalogue, "import_module", missing)
    with pytest.raises(ModuleNotFoundError):
        catalogue.run("wice", Job(Path()))


def test_a_name_with_nothing_like_it_lists_them_all() -> None:
    with pytest.raises(UnknownBenchmark, match="multihop-rag"):
        find("q")
