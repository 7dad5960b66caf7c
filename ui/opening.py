"""The library that a command works on, opened for as long as it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.library import Library


@contextmanager
def open_library(library: Path | None, config: Path | None) -> Iterator[Library]:
    """The library that these options, the settings file or the environment name. Raises OnRecordError."""
    from index.library import Library
    from rag.settings import load

    with Library.open(load(config, library=library).library) as found:
        yield found
