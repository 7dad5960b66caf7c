"""The records on a PostgreSQL server, where several machines share them.

The tables are those of index.records.tables. Reading is a transaction that sees one state of the database; a writing
one waits until no other writes the same kind of records, as in SQLite's one file, so that what is looked up in it still
holds when it is written. What the URL says beyond the address is as libpq has it (PostgreSQL manual, section 34.1.2):
`sslmode`, `sslrootcert`, and `host`, which may be the folder of a Unix socket, with `port`.
"""

from __future__ import annotations

import getpass
import ssl
import zlib
from contextlib import ExitStack
from functools import partial
from importlib.util import find_spec
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    create_engine,
    event,
    insert,
    inspect,
    select,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError, OperationalError

from index.errors import LibraryError
from index.records import tables
from index.records.failing import explained

PATIENCE = 10
"""Seconds that a transaction waits for others to end."""
SILENCE = 20.0
"""Seconds after which a server that says nothing is given up."""
SHAPE = 1
"""The number of the tables' shape; it grows with each change of them."""

_PORT = 5432
_LOCAL = ("localhost", "127.0.0.1", "::1")
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_KNOWN = frozenset({"sslmode", "sslrootcert", "host", "port"})
_REMEDY = "see to that server, or correct records_url"
_LOCKS = zlib.crc32(b"onrecord") >> 1

_shapes = Table("onrecord_records", MetaData(), Column("shape", Integer, primary_key=True))


def connect(url: str) -> Engine:
    """An engine on the database that `url` names, its tables made where there are none.

    Raises LibraryError, which never repeats the URL: it may hold a password.
    """
    engine = _engine(_parsed(url))
    with ExitStack() as undo, explained("PostgreSQL cannot keep the records", _REMEDY):
        undo.callback(engine.dispose)
        _prepare(engine)
        undo.pop_all()
    return engine


def _parsed(url: str) -> URL:
    if find_spec("pg8000") is None:
        raise LibraryError(
            "records_url names PostgreSQL, and what talks to it is not installed; "
            "install it with: pip install '.[postgres]'"
        )
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise LibraryError("records_url is no address; write it as postgresql://user:password@host/name") from error
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+pg8000") or not parsed.database:
        raise LibraryError("records_url names no database of PostgreSQL; write it as postgresql://user@host/name")
    if unknown := sorted(parsed.query.keys() - _KNOWN):
        raise LibraryError(
            f"records_url says {unknown[0]}, which is not read here; leave it out, or write {', '.join(sorted(_KNOWN))}"
        )
    return parsed


def _engine(url: URL) -> Engine:
    options: dict[str, Any] = {"timeout": SILENCE, "application_name": "onrecord", **_where(url)}
    options["startup_params"] = {
        "lock_timeout": f"{PATIENCE}s",
        "statement_timeout": f"{int(SILENCE)}s",
        "idle_in_transaction_session_timeout": "60s",
    }
    bare = URL.create("postgresql+pg8000", url.username or getpass.getuser(), url.password, database=url.database)
    engine = create_engine(bare, connect_args=options, pool_size=5, max_overflow=15, pool_timeout=PATIENCE)
    event.listen(engine, "checkout", partial(_require_life, engine.dialect.loaded_dbapi.Error))
    event.listen(engine, "begin", _begin)
    return engine


def _where(url: URL) -> dict[str, Any]:
    """The server's address, and how the way to it is sealed. Off this machine the server has to prove its name, unless
    the URL asks for less."""
    host, port = url.host or _one(url, "host") or "localhost", url.port or _port(_one(url, "port"))
    if host.startswith("/"):
        return {"unix_sock": f"{host}/.s.PGSQL.{port}", "ssl_context": False}
    mode = _one(url, "sslmode") or ("prefer" if host in _LOCAL else "verify-full")
    return {"host": host, "port": port, "ssl_context": _sealed(mode, _one(url, "sslrootcert"))}


def _require_life(failure: type[Exception], driver: Any, _record: object, _fairy: object) -> None:  # noqa: ANN401
    """Have the pool connect anew where its connections have ended, as when the server was started again. The pool's own
    way to see that, `pool_pre_ping`, misses the resets that pg8000 lets through as they are."""
    try:
        driver.autocommit = True
        driver.cursor().execute("SELECT 1")
        driver.autocommit = False
    except (failure, OSError) as error:
        raise InvalidatePoolError("the connection has ended") from error


def _one(url: URL, name: str) -> str | None:
    value = url.query.get(name)
    return value if isinstance(value, str) or value is None else value[-1]


def _port(text: str | None) -> int:
    if text is not None and not (text.isdecimal() and text.isascii() and 0 < int(text) < 65_536):
        raise LibraryError("the port of records_url is none; write a number up to 65535, or leave it out")
    return _PORT if text is None else int(text)


def _sealed(mode: str, authorities: str | None) -> ssl.SSLContext | bool | None:
    """What pg8000 takes: no TLS for False, TLS where the server offers it for None."""
    if mode not in _MODES:
        raise LibraryError(f"the sslmode of records_url is none of {', '.join(_MODES)}; write one of those")
    if mode in ("disable", "allow", "prefer"):
        return False if mode == "disable" else None
    try:
        context = ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise LibraryError(f"the sslrootcert of records_url cannot be read ({error}); name a file of PEM") from error
    if mode != "verify-full":
        context.check_hostname = False
    if mode == "require" and authorities is None:
        context.verify_mode = ssl.CERT_NONE
    return context


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    kind = options.get("writing")
    if not kind:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return
    lock = f"({_LOCKS}, {zlib.crc32(str(kind).encode()) >> 1})"
    if not options.get("at_once"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{lock}")
    elif not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock{lock}").scalar_one():
        raise OperationalError("pg_try_advisory_xact_lock", None, BlockingIOError("another process writes"))


def _prepare(engine: Engine) -> None:
    with engine.connect().execution_options(writing="tables") as connection, connection.begin():
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise LibraryError(f"the database of records_url is in {encoding}; name one in UTF8")
        there = set(inspect(connection).get_table_names())
        if _shapes.name not in there:
            _make(connection, there)
            return
        shape = int(connection.scalar(select(_shapes.c.shape)) or 0)
    if shape > SHAPE:
        raise LibraryError("the records in PostgreSQL were written by a newer On Record; update this one")


def _make(connection: Connection, there: set[str]) -> None:
    if taken := sorted(there & {table.name for table in tables.ALL}):
        raise LibraryError(
            f"the database of records_url holds a table {taken[0]} of something else; name a database of its own"
        )
    tables.ALL[0].metadata.create_all(connection, tables.ALL, checkfirst=False)
    _shapes.create(connection)
    connection.execute(insert(_shapes).values(shape=SHAPE))
