"""A PostgreSQL server of the tests' own: made for them on a Unix socket in a folder, by a user without privileges, and
gone with them. There is none where PostgreSQL is not installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

PASSWORD = "pass%2Fw%40rd-canary"
"""As it stands in a URL."""


@dataclass(frozen=True)
class Server:
    """A running server; `folder` holds its socket and, below `data`, everything else. It listens at `port` of loopback
    too, where it speaks TLS with the certificate `authority`."""

    folder: Path
    port: int

    def url(self, database: str) -> str:
        return f"postgresql://records:{PASSWORD}@/{database}?host={self.folder}&port={self.port}"

    def address(self, database: str) -> str:
        """The same by its name and port."""
        return f"postgresql://records:{PASSWORD}@localhost:{self.port}/{database}"

    @property
    def authority(self) -> Path:
        """The certificate that signs its own, which is itself."""
        return self.folder / "data" / "server.crt"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What psql prints for this statement, as the server's own user."""
        done = _run(
            program("psql"),
            "-h",
            str(self.folder),
            "-p",
            str(self.port),
            "-U",
            "owner",
            "-d",
            database,
            "-qAtc",
            statement,
        )
        return done.stdout.strip()

    def database(self, name: str, more: str = "") -> str:
        """The URL of a new, empty database."""
        self.sql(f"CREATE DATABASE {name} OWNER records {more}")
        return self.url(name)

    def emptied(self) -> str:
        """The URL of a database for tests one after another: made with the first, and emptied before each."""
        if "records" not in self.sql("SELECT datname FROM pg_database").split():
            return self.database("records")
        tables = self.sql("SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public'", "records")
        self.sql(f"DROP TABLE IF EXISTS {tables or 'none'} CASCADE", "records")
        return self.url("records")

    def signal(self, action: str) -> None:
        """`start`, `stop` or `restart` it, and wait until that is done."""
        flags = ("-o", f"-k {self.folder} -p {self.port} -c fsync=off -c ssl=on")
        mode = ("-m", "immediate") if action != "start" else ()
        log = ("-l", str(self.folder / "log"))
        _run(program("pg_ctl"), "-D", str(self.folder / "data"), "-w", *flags, *mode, *log, action)


@cache
def program(name: str) -> str:
    """Where a program of PostgreSQL is; the test is skipped where there is none."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(name, path=os.pathsep.join(map(str, places))) or shutil.which(name)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    return found


def free_port() -> int:
    """A port of loopback at which nothing answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running() -> Iterator[Server]:
    """A new server, for as long as the block lasts."""
    program("initdb")
    # Not the tests' own folder: a socket's path is short, and that user has to get there.
    folder = Path(tempfile.mkdtemp(prefix="onrecord-", dir="/tmp"))
    server = Server(folder, free_port())
    try:
        if user := _unprivileged():
            os.chown(folder, user["user"], user["group"])
        _run(program("initdb"), "-D", str(folder / "data"), "-U", "owner", "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale=C.UTF-8")  # fmt: skip
        _run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
             "-keyout", str(folder / "data" / "server.key"), "-out", str(server.authority))  # fmt: skip
        access = "local all owner trust\nlocal all records scram-sha-256\nhost all records 127.0.0.1/32 scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(access)
        server.signal("start")
        server.sql("CREATE ROLE records LOGIN PASSWORD 'pass/w@rd-canary'")
        yield server
        server.signal("stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return {}
    known = {each.pw_name: each for each in pwd.getpwall()}
    other = known.get("postgres") or known["nobody"]
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd="/", timeout=60, **_unprivileged())
