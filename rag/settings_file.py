"""Single settings written into a person's settings file, whose other lines, comments and order stay as they are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import InvalidSettings
from rag.settings import CONFIG_VARIABLE, DEFAULT_FILE, load


@dataclass(frozen=True, slots=True)
class Change:
    """A setting before and after; None is not set."""

    name: str
    before: object
    after: object


def settings_file(config: Path | None = None) -> Path:
    """The file that is in force, whether it exists or not: the one named, or by the environment, or the one here."""
    return config or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)


def change(path: Path, values: Mapping[str, str | None]) -> tuple[Change, ...]:
    """Write these settings into the file at `path`, or take out those that are None; it is made if need be.

    Returns what is not as it was. Raises InvalidSettings if the file cannot be read or written, or would then be wrong,
    and leaves it alone.
    """
    from tomlkit import document, parse
    from tomlkit.exceptions import ParseError

    real = path.resolve()
    try:
        held = parse(real.read_text(encoding="utf-8")) if real.exists() else document()
    except (OSError, UnicodeDecodeError, ParseError) as error:
        raise InvalidSettings(f"{path} cannot be read as TOML ({error}); correct it first") from error
    before = {name: held.unwrap().get(name) for name in values}
    changes = tuple(Change(name, before[name], after) for name, after in values.items() if before[name] != after)
    for each in changes:
        if each.after is None:
            held.remove(each.name)
        else:
            held[each.name] = each.after
    if changes:
        _write(path, real, held.as_string())
    return changes


def _write(path: Path, real: Path, text: str) -> None:
    """In one step, and only if the whole file can be used as it then is."""
    try:
        with tempfile.NamedTemporaryFile("w", dir=real.parent, encoding="utf-8", suffix=".toml", delete=False) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        made = Path(file.name)
        try:
            _usable(made, path)
            made.chmod(real.stat().st_mode & 0o777 if real.exists() else 0o644)
            made.replace(real)
        finally:
            made.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidSettings(f"{path} cannot be written ({error.strerror}); name another with --config") from error


def _usable(made: Path, path: Path) -> None:
    try:
        load(made)
    except InvalidSettings as error:
        raise InvalidSettings(str(error).replace(str(made), str(path))) from None
