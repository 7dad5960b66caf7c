"""What there is to sync, compared with what the library holds: what is unchanged, what to read, what is gone."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from index.candidate import Candidate, Refusal
from index.document import document_id
from index.read import walk
from index.snapshot import Held, Origin
from index.sync_report import FileResult


@dataclass(frozen=True, slots=True)
class _Root:
    """A folder, file or feed that was given, with what is to be read there; None if it must be walked again for it."""

    path: Path
    todo: tuple[Candidate, ...] | None
    found: int


class Survey:
    """One walk over what was given. `settled` are the results known without reading; `total` counts all there is.

    A uri belongs to the first that claims it in this sync, and unchanged files claim theirs before any other.
    """

    def __init__(
        self, paths: Sequence[Path], held: Sequence[Held], readers: tuple[str, ...], collection: str | None = None
    ) -> None:
        self._readers, self._collection = readers, collection
        self._held = {one.document_id: one for one in held}
        self._at_origin: defaultdict[str, list[Held]] = defaultdict(list)
        for one in held:
            self._at_origin[one.origin.path].append(one)
        self._claimed: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._owners: dict[str, Path] = {}
        self._feeds: set[str] = set()
        self.settled: list[FileResult] = []
        self.total = 0
        self._roots = tuple(self._walk(path) for path in dict.fromkeys(paths))

    def candidates(self) -> Iterator[Candidate]:
        """What is new or changed, in the order of the walk."""
        for root in self._roots:
            yield from root.todo if root.todo is not None else self._again(root.path)

    def refuse(self, candidate: Candidate, uri: str) -> str | None:
        """Why `candidate` cannot be the document `uri`, if another is; from here on the uri is its own."""
        if (holder := self._claimed.get(uri)) is not None:
            return f"its uri {uri} is that of {holder} as well; give one of them another"
        held = self._held.get(document_id(uri))
        if held is not None and held.origin.path != origin_path(candidate) and Path(held.origin.path).exists():
            return f"its uri {uri} is that of {held.origin.path} in the library; give one of them another"
        self._claimed[uri] = candidate.name
        return None

    def predecessors(self, candidate: Candidate, uri: str) -> tuple[str, ...]:
        """The ids of what the library holds in place of `candidate`: the same uri, or the same file under another.

        A feed holds many documents, so there it is the same line's only.
        """
        same_file = () if candidate.line else self._at_origin[origin_path(candidate)]
        ids = (document_id(uri), *(held.document_id for held in same_file))
        return tuple(one for one in dict.fromkeys(ids) if one in self._held)

    def gone(self) -> Iterator[Held]:
        """What the library holds from the folders and feeds given, and what is no longer there.

        Where nothing at all was found, nothing is gone: an unmounted folder looks like an empty one. What cannot be
        read any more is still there. Nor is anything gone from a feed in which a line was refused, since that line
        may have been it.
        """
        refused = {file.name.rpartition(":")[0] for file in self.settled if file.status == "refused"}
        roots = [os.path.realpath(root.path) for root in self._roots if root.found]
        for held in self._held.values():
            path = Path(held.origin.path)
            known = (held.origin.path, held.origin.uri) in self._seen
            if known or not any(path.is_relative_to(root) for root in roots):
                continue
            in_feed = held.origin.path in self._feeds and held.origin.name.rpartition(":")[0] not in refused
            if in_feed or not path.exists():
                yield held

    def unfound(self) -> Iterator[Path]:
        """The paths given at which there was nothing to read."""
        return (root.path for root in self._roots if not root.found)

    def _walk(self, path: Path) -> _Root:
        todo: list[Candidate] = []
        found, has_lines = 0, False
        for one in walk(path, readers=self._readers, collection=self._collection):
            if isinstance(one, Refusal):
                self._settle(FileResult(one.name, None, "refused", one.reason))
            elif self._is_new(one, path):
                found += 1
                is_todo = self._look(one)
                has_lines |= is_todo and one.line is not None
                if is_todo and not has_lines:
                    todo.append(one)
        # A line carries its text, and a feed may be larger than memory: it is walked twice instead of kept.
        return _Root(path, None if has_lines else tuple(todo), found)

    def _again(self, path: Path) -> Iterator[Candidate]:
        for one in walk(path, readers=self._readers, collection=self._collection):
            if (
                isinstance(one, Candidate)
                and self._owners.get(origin_path(one)) == path
                and self._unchanged(one) is None
            ):
                yield one

    def _is_new(self, candidate: Candidate, root: Path) -> bool:
        """False for what another path given already covers."""
        return self._owners.setdefault(origin_path(candidate), root) == root

    def _look(self, candidate: Candidate) -> bool:
        """Note a candidate; true if it is to be read."""
        path = origin_path(candidate)
        self._seen.add((path, candidate.uri))
        if candidate.line is not None:
            self._feeds.add(path)
        held = self._unchanged(candidate)
        if held is None:
            self.total += 1
            return True
        reason = self.refuse(candidate, held.uri)
        self._settle(FileResult(candidate.name, held.uri, "refused" if reason else "unchanged", reason))
        return False

    def _unchanged(self, candidate: Candidate) -> Held | None:
        # The name does not count: a feed's lines move down when one is put above them.
        held = self._held.get(document_id(candidate.uri))
        same = held is not None and replace(held.origin, name=candidate.name) == origin(candidate)
        return held if same else None

    def _settle(self, result: FileResult) -> None:
        self.total += 1
        self.settled.append(result)


def origin(candidate: Candidate) -> Origin:
    """What the library remembers of where a document was read from."""
    return Origin(origin_path(candidate), candidate.uri, candidate.name, candidate.fingerprint)


def origin_path(candidate: Candidate) -> str:
    """The file's real path, the same by whatever way its folder was named."""
    return str(_real_folder(candidate.path.parent) / candidate.path.name)


@lru_cache(maxsize=4096)
def _real_folder(folder: Path) -> Path:
    return Path(os.path.realpath(folder))
