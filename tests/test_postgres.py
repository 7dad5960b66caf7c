"""The records on a PostgreSQL server: made there once, waited for, sealed on the way, and every failure a sentence that
never holds the URL."""

from __future__ import annotations

import json
import multiprocessing
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from index.errors import LibraryError
from index.library import Library
from index.principal import person
from index.records import postgres as records_postgres
from index.records import tables
from index.records.conversations import KeptTurn
from index.records.records import Records
from rag.settings import Settings
from tests.clock import NOON, Clock
from tests.postgres import Server, free_port
from tests.test_records_machine import STEPS, ConversationsMachine, SessionsMachine
from ui.cli import main
from ui.recorded import records_of

ALICE = person("alice", ["press"])
LATER = datetime(2126, 1, 1, tzinfo=UTC)
TURN = KeptTurn("turn-1", NOON, "When does the archive open?", None, "{}", frozenset({"d1"}))
SECRET = "canary-of-a-password"


@pytest.fixture
def url(postgres: Server) -> str:
    """An empty database."""
    return postgres.emptied()


def refusal(url: str) -> str:
    with pytest.raises(LibraryError) as caught:
        Records.at(url)
    told = str(caught.value)
    assert "canary" not in told
    return told


# What the URL says.


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres", "records_url is no address; write it as postgresql://user:password@host/name"),
        (
            f"mysql://me:{SECRET}@db/x",
            "records_url names no database of PostgreSQL; write it as postgresql://user@host/n",
        ),
        (
            f"postgresql://me:{SECRET}@db",
            "records_url names no database of PostgreSQL; write it as postgresql://user@h",
        ),
        (
            f"postgresql://me:{SECRET}@db:x/records",
            "records_url is no address; write it as postgresql://user:password@h",
        ),
        (
            f"postgresql://me:{SECRET}@db/x?sslmode=on",
            "the sslmode of records_url is none of disable, allow, prefer",
        ),
        (
            f"postgresql://me:{SECRET}@db/x?options=-c",
            "records_url says options, which is not read here; leave it out",
        ),
        (
            f"postgresql://me:{SECRET}@/x?host=db&port=a",
            "the port of records_url is none; write a number up to 65535",
        ),
        (
            f"postgresql://me:{SECRET}@db/x?sslmode=verify-ca&sslrootcert=/no/such.pem",
            "the sslrootcert of records_url cannot be read ([Errno 2] No such file or directory); name a file of PEM",
        ),
    ],
)
def test_a_url_that_cannot_be_meant_is_refused_and_not_repeated(url: str, sentence: str) -> None:
    assert refusal(url).startswith(sentence)


def sealed(url: str) -> Any:  # noqa: ANN401
    return records_postgres._where(records_postgres._parsed(url))["ssl_context"]


def test_a_server_elsewhere_has_to_prove_its_name_unless_less_is_asked_for() -> None:
    away = sealed("postgresql://me@db.example/x")
    assert (away.verify_mode, away.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert sealed("postgresql://me@localhost/x") is None, "TLS where the server has it"
    assert sealed("postgresql://me@/x?host=/run/postgresql") is False, "a socket of this machine"
    assert sealed("postgresql://me@db.example/x?sslmode=disable") is False
    unproven = sealed("postgresql://me@db.example/x?sslmode=require")
    assert (unproven.verify_mode, unproven.check_hostname) == (ssl.CERT_NONE, False)
    by_authority = sealed("postgresql://me@db.example/x?sslmode=verify-ca")
    assert (by_authority.verify_mode, by_authority.check_hostname) == (ssl.CERT_REQUIRED, False)


def test_where_nothing_answers_that_is_said(tmp_path: Path) -> None:
    remedy = "; see to that server, or correct records_url"
    told = refusal(f"postgresql://me:{SECRET}@127.0.0.1:{free_port()}/records")
    assert told == f"PostgreSQL cannot keep the records (Connection refused){remedy}"
    told = refusal(f"postgresql://me:{SECRET}@/records?host={tmp_path}")
    assert told == f"PostgreSQL cannot keep the records (No such file or directory){remedy}"


def test_commands_say_it_too_and_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Library.open(tmp_path / "library", create=True).close()
    config = tmp_path / "onrecord.toml"
    config.write_text(
        f'library = "library"\nrecords_url = "postgresql://me:{SECRET}@127.0.0.1:{free_port()}/records"\n'
    )
    for command in (["key", "list"], ["user", "export", "alice"], ["user", "delete", "alice", "--yes"]):
        assert main([*command, "--config", str(config), "--library", str(tmp_path / "library")]) == 2
        out, err = capsys.readouterr()
        assert "PostgreSQL cannot keep the records (Connection refused); see to that server" in err
        assert "canary" not in out + err


# A server.


@pytest.mark.slow
def test_the_tables_are_made_once_and_found_again(postgres: Server, url: str) -> None:
    first = Records.at(url)
    mine = first.conversations.begin("user:alice", "", "Mine")
    assert first.conversations.add("user:alice", mine.id, TURN)
    second = Records.at(url)
    assert second.conversations.turn("user:alice", TURN.id) == TURN
    made = postgres.sql("SELECT string_agg(tablename, ',' ORDER BY tablename) FROM pg_tables "
                        "WHERE schemaname = 'public'", "records")  # fmt: skip
    assert set(made.split(",")) == {"onrecord_records", *(table.name for table in tables.ALL)}
    first.close()
    second.close()


def _open(url: str, together: Barrier, results: Queue[int]) -> None:
    """What a second server does that starts at the same time."""
    together.wait(60)
    records = Records.at(url)
    results.put(sum(records.spent.spend(f"{number}", LATER) for number in range(20)))
    records.close()


@pytest.mark.slow
def test_of_processes_that_begin_at_once_one_makes_the_tables_and_one_spends_each_id(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    together, results = context.Barrier(3), context.Queue()
    processes = [context.Process(target=_open, args=(url, together, results)) for _ in range(3)]
    for process in processes:
        process.start()
    assert sum(results.get(timeout=60) for _ in processes) == 20
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]


@pytest.mark.slow
def test_tables_of_something_else_and_those_of_a_newer_version_are_left_alone(postgres: Server, url: str) -> None:
    postgres.sql("CREATE TABLE sessions (theirs text); GRANT ALL ON sessions TO records", "records")
    assert refusal(url).startswith("the database of records_url holds a table sessions of something else; name a datab")
    postgres.sql("DROP TABLE sessions", "records")
    Records.at(url).close()
    postgres.sql("UPDATE onrecord_records SET shape = shape + 1", "records")
    assert refusal(url) == "the records in PostgreSQL were written by a newer On Record; update this one"


@pytest.mark.slow
def test_what_the_server_refuses_is_said_in_its_words(postgres: Server, url: str) -> None:
    assert '(password authentication failed for user "records")' in refusal(url.replace("pass%2F", "wrong"))
    assert '(database "nowhere" does not exist)' in refusal(url.replace("/records?", "/nowhere?"))
    postgres.database("latin", "ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
    assert refusal(postgres.url("latin")) == "the database of records_url is in LATIN1; name one in UTF8"


# pg8000 leaves the socket to the collector where TLS comes to nothing.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <(socket|ssl):pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
def test_the_way_is_sealed_as_the_url_says(postgres: Server, url: str) -> None:
    address = postgres.address("records")
    told = refusal(f"{address}?sslmode=verify-full")
    assert "certificate verify failed" in told
    for more in ("?sslmode=require", f"?sslmode=verify-full&sslrootcert={postgres.authority}", ""):
        records = Records.at(address + more)
        assert encrypted(records), more
        records.close()
    by_number = address.replace("localhost", "127.0.0.1")
    assert "certificate verify failed" in refusal(f"{by_number}?sslmode=verify-full&sslrootcert={postgres.authority}")
    records = Records.at(f"{by_number}?sslmode=verify-ca&sslrootcert={postgres.authority}")
    assert encrypted(records)
    records.close()


def encrypted(records: Records) -> bool:
    with records._engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        return bool(own.scalar_one())


@pytest.mark.slow
def test_a_server_that_went_away_is_said_and_found_again_once_it_is_back(postgres: Server, url: str) -> None:
    records = Records.at(url)
    mine = records.conversations.begin("user:alice", "", "Mine")
    _, secret = records.keys.make("report", ALICE)
    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'records'")
    assert records.conversations.find("user:alice", "", mine.id) is not None, "connections that ended are made again"
    postgres.signal("stop")
    with pytest.raises(LibraryError, match=r"^the records cannot be read \(.+\); see to the PostgreSQL server"):
        records.conversations.find("user:alice", "", mine.id)
    with pytest.raises(LibraryError, match=r"^the records cannot be written \(.+\); see to the PostgreSQL server"):
        records.counters.add("a", 1, 60)
    postgres.signal("start")
    assert records.conversations.find("user:alice", "", mine.id) is not None
    assert records.keys.find(secret) is not None
    records.close()


@pytest.mark.slow
def test_a_key_is_good_at_once_while_another_process_writes(postgres: Server, url: str) -> None:
    clock = Clock()
    records, other = Records.at(url, clock), Records.at(url, clock)
    _, secret = records.keys.make("report", ALICE)
    with other.keys._writing():
        found = records.keys.find(secret)  # were it waited for, this would last ten seconds, and then fail
        assert found is not None
        assert found.used is None
        began = time.monotonic()
        assert records.conversations.begin("user:alice", "", "Mine").turns == 0, "of another kind, it waits for nobody"
        assert time.monotonic() - began < records_postgres.PATIENCE
    assert records.keys.find(secret) is not None
    assert records.keys.list()[0].used == NOON
    records.close()
    other.close()


@pytest.mark.slow
def test_text_compares_by_its_code_points_whatever_language_the_database_is_in(url: str) -> None:
    records = Records.at(url)
    for owner in ("user:alice", "user:ALICE", "user:Ålice", "user:alice2"):
        records.conversations.begin(owner, "", owner)
    assert [each.title for each in records.conversations.list("user:ALICE", "", limit=9)] == ["user:ALICE"]
    with records._engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT owner FROM conversations ORDER BY owner").scalars().all()
    assert list(told) == sorted(told)
    records.close()


@pytest.mark.slow
@pytest.mark.parametrize("machine", [ConversationsMachine, SessionsMachine])
def test_every_sequence_of_calls_comes_out_as_it_does_in_sqlite(
    url: str, monkeypatch: pytest.MonkeyPatch, machine: type[RuleBasedStateMachine]
) -> None:
    engine = records_postgres.connect(url)

    def emptied(clock: Clock) -> Records:
        with engine.connect().execution_options(writing="tables") as connection, connection.begin():
            for table in reversed(tables.ALL):
                connection.execute(table.delete())
        return Records(engine, clock)

    monkeypatch.setattr(machine, "make", staticmethod(emptied))
    run_state_machine_as_test(machine, settings=STEPS)
    engine.dispose()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


@pytest.mark.slow
def test_the_settings_decide_and_commands_work_on_the_same_records(
    url: str, library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = records_of(Settings.model_validate({"records_url": url}), library)
    mine = records.conversations.begin("user:alice", "", "Mine")
    records.conversations.add("user:alice", mine.id, TURN)
    share = records.shares.link("user:alice", "", TURN.id)
    assert share is not None
    assert library.records.conversations.of("user:alice") == ()
    config = tmp_path / "onrecord.toml"
    config.write_text(f"library = {json.dumps(str(library.folder))}\nrecords_url = {json.dumps(url)}\n")
    assert main(["user", "export", "alice", "--config", str(config)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["title"] for each in told["conversations"]] == ["Mine"]
    assert [each["link"] for each in told["links"]] == [f"/answer/{share.id}"]
    assert main(["key", "make", "report", "--config", str(config)]) == 0
    assert records.keys.find(capsys.readouterr().out.strip()) is not None
    assert main(["user", "delete", "alice", "--yes", "--config", str(config)]) == 0
    assert records.conversations.of("user:alice") == ()
    assert records.shares.find(share.id) is None
    records.close()
