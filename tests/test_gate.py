"""The gate: what a team changes without meaning to make answers worse, and whether one command says so.

Each change is made for real, to a copy of the example documents, of the settings or of the program itself, and the
command is run as a person runs it, on the cases and against the baseline that the project ships.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CASES = "evals/cases/briefing.yaml"
BASELINE = "evals/baseline.json"
PACKAGES = ("rag", "index", "ui", "evals", "examples")


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the program and its examples, to be changed, and where it keeps what it makes."""

    folder: Path

    def change(self, path: str, old: str, new: str) -> None:
        """Replace all of `old`, which has to be there."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} no longer holds {old!r}"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command of this copy."""
        return subprocess.run(
            [sys.executable, "-m", "ui.cli", *words],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "120", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def gate(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Sync, ask and compare, as `make eval` does; the outcome of the comparison."""
        synced = self.run("sync", "examples/briefing", "examples/desk", "--library", "library", "--prune")
        assert synced.returncode == 0, synced.stderr
        asked = self.run(
            *("eval", "run", CASES, "--library", "library", "--out", "answers", "--demo-model", "--fresh", *options),
            **environment,
        )
        assert asked.returncode in (0, 1), asked.stdout + asked.stderr
        return self.run("eval", "compare", "answers/results.json", "--baseline", BASELINE, **environment)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(tmp_path)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    return re.sub(r"\s+", " ", done.stdout)


def test_nothing_changed_is_quiet(copy: Copy) -> None:
    done = copy.gate("--no-timing")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_lowered_threshold_is_caught(copy: Copy) -> None:
    said = refused(copy.gate("--tag", "unanswerable", "--no-timing", ONRECORD_ANSWER_THRESHOLD="0.05"))
    assert "population" in said
    assert "answered" in said


def test_a_document_that_no_longer_says_it_is_caught(copy: Copy) -> None:
    copy.change("examples/briefing/2025-12-03-five-hours-in-the-kremlin.html", "almost five hours", "almost six hours")
    said = refused(copy.gate("--tag", "figures", "--no-timing"))
    assert "hours-in-the-kremlin" in said


def test_a_prompt_that_drops_citations_is_caught(copy: Copy) -> None:
    for name in ("write.md", "ask.md"):
        path = copy.folder / "rag" / "prompts" / name
        path.write_text(re.sub(r"\[\d\]", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    assert "prose_kept" in refused(copy.gate("--tag", "figures", "--no-timing"))


def test_a_permission_filter_that_is_gone_is_caught(copy: Copy) -> None:
    copy.change("index/scope.py", "readers=None if principal.reads_everything else principal.readers", "readers=None")
    assert "may not read" in refused(copy.gate("--tag", "readers", "--no-timing"))


def test_a_slower_search_is_caught(copy: Copy) -> None:
    copy.change(
        "index/search.py",
        "    vector = corpus.embedded",
        "    __import__('time').sleep(0.4)\n    vector = corpus.embedded",
    )
    assert "times as long" in refused(copy.gate("--tag", "figures"))
