"""A scope in the terms of SQL: the one place where readers, collections, publishers and dates become a condition."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, Text, func, literal, literal_column, or_, select

from index.schema import documents, readers
from index.scope import Scope

_NUMBER: ColumnElement[int] = literal_column("+documents.number")
"""The plus keeps SQLite from beginning with what is admitted, which may be nearly all: it looks each document up there.
Of 50,000 documents with 40,000 admitted it took 5 s to pick out 1,000 by their ids, and takes 7 ms."""


def admitted(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """The conditions on `documents` that `scope` sets; none if it admits everything."""
    conditions: list[ColumnElement[bool]] = []
    if scope.readers is not None:
        held = select(readers.c.document).where(readers.c.label.in_(listed(sorted(scope.readers))))
        conditions.append(_NUMBER.in_(held))
    if scope.collections is not None:
        conditions.append(in_collections(scope.collections))
    if scope.publishers is not None:
        conditions.append(_by_publishers(scope.publishers))
    if scope.earliest is not None:
        conditions.append(_dated(documents.c.published >= scope.earliest.isoformat(), scope))
    if scope.latest is not None:
        conditions.append(_dated(documents.c.published <= scope.latest.isoformat(), scope))
    return tuple(conditions)


def numbers_in(scope: Scope) -> Select[tuple[int]]:
    """The numbers of the documents in `scope`, without an order.

    What bounds it is looked for in its own index, dates before publishers before collections. Publishers and
    collections beside dates are read from the index of all three; readers are looked up in a list made beforehand. Of
    50,000 documents half of the publishers take as long as half of the dates, and all of them together less.
    """
    rest, first = scope, None
    if scope.earliest is None and scope.latest is None:
        if scope.publishers is not None:
            rest, first = replace(scope, publishers=None), _one_of(documents.c.publisher, scope.publishers)
        elif scope.collections is not None:
            rest, first = replace(scope, collections=None), _one_of(documents.c.collection, scope.collections)
    else:
        rest = replace(scope, publishers=None, collections=None)
        return select(documents.c.number).where(*admitted(rest), *_beside_dates(scope))
    return select(documents.c.number).where(*(() if first is None else (first,)), *admitted(rest))


def _beside_dates(scope: Scope) -> Iterator[ColumnElement[bool]]:
    """Conditions on what the index of dates holds too; the plus keeps SQLite from beginning with another index."""
    if scope.publishers is not None:
        yield _one_of(literal_column("+documents.publisher", Text), scope.publishers)
    if scope.collections is not None:
        yield _one_of(literal_column("+documents.collection", Text), scope.collections)


def _one_of(column: ColumnElement[str | None], names: Iterable[str]) -> ColumnElement[bool]:
    return column.in_(listed(sorted(names)))


def in_collections(names: Iterable[str]) -> ColumnElement[bool]:
    """That a document is in one of these collections: found in their index, as the column itself stands behind the
    text, and reading it reads that."""
    filed = documents.alias()
    return _NUMBER.in_(select(filed.c.number).where(_one_of(filed.c.collection, names)))


def _by_publishers(names: Iterable[str]) -> ColumnElement[bool]:
    """That a document is by one of these publishers, to the letter: found in their index, as reading the column itself
    takes a page of the file for each few documents."""
    signed = documents.alias()
    return _NUMBER.in_(select(signed.c.number).where(_one_of(signed.c.publisher, names)))


def _dated(bound: ColumnElement[bool], scope: Scope) -> ColumnElement[bool]:
    """`bound`, which is false without a date, or that there is no date."""
    return or_(bound, documents.c.published.is_(None)) if scope.undated else bound


def storable(text: str) -> str:
    """`text` as SQLite takes it: without lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def listed(values: Iterable[str | int]) -> Select[tuple[str | int]]:
    """`values` as one parameter, however many: SQLite limits the number of parameters.

    Without those that hold a NUL, as nothing does that is stored: SQLite's JSON would end them there, and find another.
    """
    whole = [value for value in values if not (isinstance(value, str) and "\x00" in value)]
    return select(func.json_each(literal(json.dumps(whole))).table_valued("value").c.value)
