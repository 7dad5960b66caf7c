"""`sources.csv`: what a person knows of the files beside it; it adds to what they say of themselves, or overrides it.

A row that names a folder is a rule: it holds for all that is in the folder, feeds included, as far as no row of a file
or folder nearer to it says otherwise. A mistake is reported with its line and the rest of the table holds. Only who may
read a file and what collection it is in are never read leniently: where that is in doubt, the file is refused.
"""

from __future__ import annotations

import csv
import io
import os
import unicodedata
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from index.candidate import Refusal
from index.claims import NOTHING, Claims, label, language, reader_labels
from index.dates import parse_date
from index.decode import decode
from index.errors import Refused
from index.nearest import nearest
from index.uris import checked_uri, name_of, shown

NAME = "sources.csv"
COLUMNS = ("file", *(one.name for one in fields(Claims)))
FEEDS = (".jsonl",)
RULES = ("publisher", "author", "language", "readers", "collection")
"""What can be said of all that is in a folder."""
_ADMITTING = ("readers", "collection")


class Sources:
    """The rows of the `sources.csv` in `folder`, which reports call `name`; `refusals` is what was wrong with it.

    `data` is its bytes, or why they cannot be read. Raises nothing: what cannot be used is in `refusals`.
    """

    def __init__(self, data: bytes | Refused, name: str, folder: Path) -> None:
        self.refusals: list[Refusal] = []
        self._name, self._folder = name, folder
        self._rows: dict[str, Claims] = {}
        self._in_doubt: dict[str, str] = {}
        self._all_in_doubt: str | None = None
        try:
            if isinstance(data, Refused):
                raise data
            self._read(data)
        except Refused as error:
            self.refusals.append(Refusal(name, str(error)))
            self._all_in_doubt = f"{name}, which may say who may read it, cannot be read; correct the table"

    def of(self, file: str) -> Claims:
        """What the table says of the file with this path below its folder, and of the folders it is in.

        Raises Refused if the table has a mistake that may be about who may read the file.
        """
        path = PurePosixPath(file)
        claims = NOTHING
        for name in (file, *map(str, path.parents)):
            if doubt := self._all_in_doubt or self._in_doubt.get(name):
                raise Refused(doubt)
            claims = claims.over(self._rows.get(name, NOTHING))
        return claims

    def _read(self, data: bytes) -> None:
        lines = csv.reader(io.StringIO(decode(data), newline=""), strict=True)
        try:
            columns = self._columns(next(lines, []))
            for cells in lines:
                if any(map(str.strip, cells)):
                    self._take(columns, cells, lines.line_num)
        except csv.Error as error:
            raise Refused(f"it is not a table ({error}); save it as CSV with commas") from error

    def _columns(self, header: list[str]) -> tuple[str, ...]:
        columns = tuple(cell.strip().lower() for cell in header)
        if "file" not in columns or len(set(columns)) < len(columns):
            raise Refused(f"its first line is not a list of columns; start it with file and some of {_OTHERS}")
        for column in columns:
            if column not in COLUMNS:
                self._complain(1, f"it has the column {column[:40]!r}, which is not used; {nearest(column, COLUMNS)}")
                if meant := get_close_matches(column, _ADMITTING, n=1, cutoff=0.7):
                    self._all_in_doubt = (
                        f"{self._name} has a column {column!r} that may mean {meant[0]}; correct its name"
                    )
        return columns

    def _take(self, columns: tuple[str, ...], cells: list[str], line: int) -> None:
        row = dict(zip(columns, map(str.strip, cells), strict=False))
        named = row.get("file", "")
        file = name_of(str(PurePosixPath(named))) if named else ""
        if reason := self._why_no_file(file):
            self._complain(line, reason)
            if any(row.get(column) for column in _ADMITTING):
                self._in_doubt[file] = f"line {line} of {self._name} says who may read it, and {reason}"
        elif len(cells) != len(columns) or file in self._rows:
            fault = "is there twice" if file in self._rows else f"has {len(cells)} cells, not {len(columns)}"
            self._complain(line, f"the row of {file[:100]!r} {fault}; correct it")
            self._in_doubt[file] = f"its row in line {line} of {self._name} {fault}; correct it"
        else:
            if (self._folder / file).is_dir():
                row = self._rule(row, line)
            self._rows[file] = self._claims(file, row, line)

    def _why_no_file(self, file: str) -> str | None:
        path = PurePosixPath(file)
        if not file:
            return "it names no file; name one in the column file"
        if path.is_absolute() or ".." in path.parts or "\0" in file:
            return f"{shown(file)[:100]!r} is outside of the folder; name a file in it"
        if path.suffix.lower() in FEEDS:
            return "the lines of a feed carry their own data; write it there"
        if not any(os.path.lexists(self._folder / unicodedata.normalize(form, file)) for form in ("NFC", "NFD")):
            return f"there is no file {shown(file)[:100]!r} here; correct its name or remove the row"
        return None

    def _rule(self, row: dict[str, str], line: int) -> dict[str, str]:
        """What a folder's row can say."""
        for column in row.keys() - {"file", *RULES}:
            if row[column]:
                self._complain(line, f"a folder has no {column} of its own; say it of a file, or remove it here")
        return {column: row[column] for column in row.keys() & set(RULES)}

    def _claims(self, file: str, row: dict[str, str], line: int) -> Claims:
        readers, collection = reader_labels(row.get("readers", "")), label(row.get("collection"))
        for column, usable in zip(_ADMITTING, (readers, collection), strict=True):
            if row.get(column) and not usable:
                self._complain(line, f"its {column} of {file[:100]!r} cannot be used; correct it")
                self._in_doubt[file] = f"its {column} in line {line} of {self._name} cannot be used; correct it"
        published = parse_date(row.get("published", ""))
        if row.get("published") and published is None:
            self._complain(line, f"the date {row['published'][:40]!r} is not one day; write it as 2024-07-03")
        tag = language(row.get("language"))
        if row.get("language") and tag is None:
            self._complain(
                line, f"the language {row['language'][:40]!r} is not a language tag; write it as en or pt-BR"
            )
        return Claims(
            uri=self._uri(row, line),
            title=label(row.get("title")),
            publisher=label(row.get("publisher")),
            author=label(row.get("author")),
            published=published,
            language=tag,
            readers=readers,
            collection=collection,
        )

    def _uri(self, row: dict[str, str], line: int) -> str | None:
        try:
            return checked_uri(row["uri"]) if row.get("uri") else None
        except Refused as error:
            self._complain(line, str(error))
            return None

    def _complain(self, line: int, reason: str) -> None:
        self.refusals.append(Refusal(f"{self._name}:{line}", reason))


_OTHERS = ", ".join(COLUMNS[1:])
