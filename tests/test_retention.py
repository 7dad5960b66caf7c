"""What is older than the settings say goes, everything else stays, and nothing of it is left in the files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from index import schema
from index.feedback import Feedback
from index.library import DATABASE, Library
from index.principal import person
from index.records.conversations import KeptTurn
from index.records.records import Records
from rag.settings import Settings
from tests.clock import NOON, Clock
from ui.audit.auditlog import AuditLog
from ui.audit.entry import Entry
from ui.audit.verify import verify
from ui.retention import Removed, retain

ALICE = person("alice")
SETTINGS = Settings(conversation_days=30, feedback_days=60, audit_days=90)
AGES = (0, 29, 31, 59, 61, 89, 91, 200)
"""Days."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Something of everything, as old as each of the ages."""
    clock = Clock()
    with Library.open(tmp_path, create=True) as opened:
        engine = schema.connect(tmp_path / DATABASE)
        records, log = Records(engine, clock), AuditLog(tmp_path, clock)
        for age in sorted(AGES, reverse=True):
            clock.now = NOON - timedelta(days=age)
            mine = records.conversations.begin(ALICE.name, "", f"OLD{age:03}")
            turn = KeptTurn(f"{age}", clock.now, f"OLD{age:03}?", None, "{}", frozenset({"d"}))
            records.conversations.add(ALICE.name, mine.id, turn)
            opened.feedback.give(Feedback(f"{age}", "down", ALICE, f"OLD{age:03}?", "?", "answered"), clock.now)
            records.sessions.begin("login", ALICE, 3600)
            records.spent.spend(f"{age}", clock.now + timedelta(hours=1))
            records.counters.add(f"{age}", 1, 3600)
            log.write(Entry(clock.now, ALICE.name, f"{age}", "allowed"))
        engine.dispose()
        yield opened


def left(library: Library) -> tuple[list[int], list[int]]:
    """The ages of conversations and of feedback that are there."""
    kept = library.records.conversations.of(ALICE.name)
    return (
        sorted(int(held.conversation.title[3:]) for held in kept),
        sorted(int(each.feedback.answer) for each in library.feedback.of(ALICE.name)),
    )


def test_each_is_kept_for_as_long_as_its_setting_says(library: Library, tmp_path: Path) -> None:
    # The sessions and counts of the library's own clock have all ended but those of a moment ago.
    done = retain(library, library.records, AuditLog(tmp_path, Clock()), SETTINGS, NOON)
    assert left(library) == ([0, 29], [0, 29, 31, 59])
    assert (done.conversations, done.feedback, done.audit_files) == (6, 4, 2)
    assert len(list((tmp_path / "audit").iterdir())) == 6
    assert verify(tmp_path).mismatch is None
    for age in (31, 91, 200):
        held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
        assert (f"OLD{age:03}".encode() in held) == (age == 31), "in the feedback, which is kept for longer"


def test_what_has_ended_by_itself_goes_at_once(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        log = AuditLog(tmp_path)
        records = library.records
        for seconds in (3600, 0):
            records.sessions.begin("login", ALICE, seconds)
            records.counters.add(f"{seconds}", 1, seconds)
            records.spent.spend(f"{seconds}", NOON + timedelta(days=365 * 100) * bool(seconds))
        now = NOON + timedelta(days=1)
        assert retain(library, library.records, log, SETTINGS, now) == Removed(0, 0, 3, 0)
        assert retain(library, library.records, log, SETTINGS, now) == Removed(0, 0, 0, 0)
        assert len(records.sessions.of(ALICE.name)) == 1
        assert records.counters.count("3600") == 1
        assert not records.spent.spend("3600", now)


def test_a_longer_setting_keeps_more(library: Library, tmp_path: Path) -> None:
    log = AuditLog(tmp_path, Clock())
    longer = SETTINGS.model_copy(update={"conversation_days": 90, "feedback_days": 500, "audit_days": 500})
    assert replace(retain(library, library.records, log, longer, NOON), ended=0) == Removed(2, 0, 0, 0)
    assert left(library) == ([0, 29, 31, 59, 61, 89], sorted(AGES))
