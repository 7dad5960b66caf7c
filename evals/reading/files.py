"""Files of cases to cases: every mistake of every file is found, and one is enough for none of them to be run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from evals.case import Case, Place
from evals.errors import InvalidCases
from evals.reading.cases import Defaults, case, defaults
from evals.reading.fields import Fields, kind_of
from evals.reading.json_nodes import json_node
from evals.reading.node import Mapping, Mistakes, Node
from evals.reading.yaml_nodes import yaml_node

YAML = (".yaml", ".yml")
JSONL = (".jsonl",)
ENDINGS = (*YAML, *JSONL)
FIELDS = ("defaults", "cases")
LARGEST = 5_000_000
"""Bytes of one file."""
_Wrong = tuple[Place, str]


def read_cases(paths: Sequence[Path]) -> tuple[Case, ...]:
    """The cases of these files, and of every .yaml, .yml and .jsonl file in and under these folders, sorted by name.

    Hidden files and folders are passed over, and so are links to folders. Raises InvalidCases with all mistakes, by
    file and line, if there is any.
    """
    wrong: list[_Wrong] = []
    seen: dict[str, Place] = {}
    cases = [each for path in _files(paths, wrong) for each in _cases(path, seen, wrong)]
    if not cases and not wrong:
        wrong.append(
            (Place(str(paths[0]) if paths else ".", 1), "there is no case here; name files or folders of cases")
        )
    if wrong:
        raise InvalidCases(tuple(sorted(wrong, key=lambda each: (each[0].file, each[0].line))), tuple(cases))
    return tuple(cases)


def _files(paths: Iterable[Path], wrong: list[_Wrong]) -> tuple[Path, ...]:
    """The files to read, each once however often it is named."""
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _in_folder(path, wrong) if path.is_dir() else (path,):
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


def _in_folder(folder: Path, wrong: list[_Wrong]) -> Iterator[Path]:
    whole, found = folder.resolve(), False
    for file in _named(folder, wrong):
        found = True
        if file.resolve().is_relative_to(whole):
            yield file
        else:
            wrong.append((Place(str(file), 1), "it is a link out of the folder; put the file itself there"))
    if not found:
        wrong.append((Place(str(folder), 1), f"no file in it ends in {', '.join(ENDINGS)}; name a folder of cases"))


def _named(folder: Path, wrong: list[_Wrong]) -> Iterator[Path]:
    """The files of a folder that are to hold cases."""

    def unreadable(error: OSError) -> None:
        wrong.append((Place(str(error.filename), 1), f"it cannot be read ({error.strerror}); see to its permissions"))

    for parent, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(ENDINGS) and not name.startswith("."):
                yield Path(parent, name)


def _cases(path: Path, seen: dict[str, Place], wrong: list[_Wrong]) -> tuple[Case, ...]:
    """The cases of one file; what is wrong with it is added to `wrong`."""
    mistakes = Mistakes(_shown(path))
    text = _text(path, mistakes)
    cases = () if text is None else parsed(text, path.suffix, seen, mistakes)
    wrong += mistakes.found
    return cases


def _shown(path: Path) -> str:
    """The file as people are told of it, who share reports: from the folder they work in, where it lies in there."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _text(path: Path, mistakes: Mistakes) -> str | None:
    data = b""
    try:
        size = path.stat().st_size
        if not path.name.endswith(ENDINGS):
            mistakes.add(1, f"it does not end in {', '.join(ENDINGS)}, as files of cases do; name one that does")
            return None
        if size > LARGEST:
            mistakes.add(1, f"it has {size:,} bytes, and {LARGEST:,} are the most; part it")
            return None
        data = path.read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        mistakes.add(1, f"it cannot be read ({error.strerror}); name a file or folder of cases")
    except UnicodeDecodeError as error:
        mistakes.add(data.count(b"\n", 0, error.start) + 1, "it is not UTF-8; save it in UTF-8")
    return None


def parsed(text: str, ending: str, seen: dict[str, Place], mistakes: Mistakes) -> tuple[Case, ...]:
    """The cases in a file's text; its ending says what it is written in, `seen` which ids stand where before it."""
    if ending in JSONL:
        lines = enumerate(text.split("\n"), start=1)
        nodes = (json_node(line, number, mistakes) for number, line in lines if line.strip())
        found = [case(node, Defaults(), seen, mistakes) for node in nodes if node is not None]
    else:
        found = _listed(yaml_node(text, mistakes), seen, mistakes)
    return tuple(each for each in found if each is not None)


def _listed(root: Node | None, seen: dict[str, Place], mistakes: Mistakes) -> list[Case | None]:
    """The cases of a YAML file."""
    if root is None:
        return []
    if not isinstance(root, Mapping):
        mistakes.add(root.line, f"the file is {kind_of(root)} and not a mapping; begin it with `cases:`")
        return []
    fields = Fields(root, FIELDS, mistakes)
    given = fields.value("defaults")
    held = Defaults() if given is None else defaults(given, mistakes)
    if fields.lacks("cases"):
        fields.wrong(root.line, "the file has no cases; list them under `cases:`")
    return [case(item, held, seen, mistakes) for item in fields.items("cases")]
