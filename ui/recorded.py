"""Where what people leave is kept: beside the documents, or on the PostgreSQL server that the settings name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.library import Library
    from index.records.records import Records
    from rag.serving import ServingSettings


def records_of(settings: ServingSettings, library: Library) -> Records:
    """The records that these settings mean. Raises LibraryError where their server cannot be reached."""
    if settings.records_url is None:
        return library.records
    from index.records.records import Records

    return Records.at(settings.records_url.get_secret_value())


@contextmanager
def open_recorded(library: Path | None, config: Path | None) -> Iterator[tuple[Library, Records]]:
    """The library that a command works on, and its records, for as long as it does. Raises OnRecordError."""
    from index.library import Library
    from rag.settings import load

    settings = load(config, library=library)
    with Library.open(settings.library) as found:
        records = records_of(settings, found)
        try:
            yield found, records
        finally:
            if settings.records_url is not None:
                records.close()
