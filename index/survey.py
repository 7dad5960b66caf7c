"""What there is to sync, compared with what the library holds: what is unchanged, what to read, what is gone."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from index.candidate import Candidate, Refusal
from index.document import document_id
from index.read import walk
from index.records.store import present
from index.shelved import RefusedFile, Removal
from index.snapshot import Held, Origin
from index.sync_report import FileResult

_LINE = re.compile(r":\d+$")
"""What the name of a feed's line ends with."""


@dataclass(frozen=True, slots=True)
class _Root:
    """A folder, file or feed that was given, with what is to be read there; None if it must be walked again for it."""

    path: Path
    todo: tuple[Candidate, ...] | None
    found: int


class Survey:
    """One walk over what was given. `settled` are the results known without reading; `total` counts all there is.

    A uri belongs to the first that claims it in this sync, and unchanged files claim theirs before any other. What is
    among `removals` is refused, and what is at or below the paths `apart` is as if it were not there and not gone.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        held: Sequence[Held],
        readers: tuple[str, ...],
        collection: str | None = None,
        *,
        removals: Mapping[str, Removal] | None = None,
        apart: Sequence[str] = (),
    ) -> None:
        self._readers, self._collection = readers, collection
        self._removals, self._apart = removals or {}, tuple(apart)
        self._held = {one.document_id: one for one in held}
        self._at_origin: defaultdict[str, list[Held]] = defaultdict(list)
        for one in held:
            self._at_origin[one.origin.path].append(one)
        self._claimed: dict[str, str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._owners: dict[str, Path] = {}
        self._feeds: dict[str, str] = {}
        self._doubtful: set[str] = set()
        self.settled: list[FileResult] = []
        self.refused: defaultdict[Path, list[FileResult]] = defaultdict(list)
        self.total = 0
        self._roots = tuple(self._walk(path) for path in dict.fromkeys(paths))

    def candidates(self) -> Iterator[Candidate]:
        """What is new or changed, in the order of the walk."""
        for root in self._roots:
            yield from root.todo if root.todo is not None else self._again(root.path)

    def refuse(self, candidate: Candidate, uri: str) -> str | None:
        """Why `candidate` cannot be the document `uri`, if another is or it was removed; from here on the uri is its
        own."""
        if (removal := self._removals.get(document_id(uri))) is not None:
            return removal.reason
        if (holder := self._claimed.get(uri)) is not None:
            return f"its uri {uri} is that of {holder} as well; give one of them another"
        held = self._held.get(document_id(uri))
        if held is not None and held.origin.path != origin_path(candidate) and self._is_still_there(held):
            return f"its uri {uri} is that of {held.origin.path} in the library; give one of them another"
        self._claimed[uri] = candidate.name
        return None

    def refused_as(self, candidate: Candidate, uri: str, reason: str) -> FileResult:
        """That `candidate`, which would be the document `uri`, is refused; noted for its root."""
        return self.refusal(candidate.name, uri, reason, self._owners[origin_path(candidate)])

    def refusal(self, name: str, uri: str | None, reason: str, root: Path) -> FileResult:
        """That something is refused, noted for its root unless it is kept out on purpose."""
        kept_out = uri is not None and document_id(uri) in self._removals
        result = FileResult(name, uri, "refused", reason, kept_out)
        if not kept_out:
            self.refused[root].append(result)
        return result

    def predecessors(self, candidate: Candidate, uri: str) -> tuple[str, ...]:
        """The ids of what the library holds in place of `candidate`: the same uri, or the same file under another.

        A feed holds many documents, so there it is the same line's only. What the file held and another file has taken
        over in this sync is that one's.
        """
        same_file = () if candidate.line else self._at_origin[origin_path(candidate)]
        ids = (document_id(uri), *(held.document_id for held in same_file if held.uri not in self._claimed))
        return tuple(one for one in dict.fromkeys(ids) if one in self._held)

    def gone(self) -> Iterator[Held]:
        """What the library holds from the folders and feeds given, and what is no longer there.

        Where nothing at all was found, nothing is gone: an unmounted folder looks like an empty one. What cannot be
        read any more is still there, and what another file or feed has taken over is there. Nor is anything gone from a
        feed in which a line was refused, since that line may have been it.
        """
        roots = [os.path.realpath(root.path) for root in self._roots if root.found]
        for held in self._held.values():
            path = Path(held.origin.path)
            known = (held.origin.path, held.origin.uri) in self._seen or held.uri in self._claimed
            if known or not any(path.is_relative_to(root) for root in roots) or self._is_apart(path):
                continue
            if self._is_out_of_feed(held) or not path.exists():
                yield held

    def noted_refusals(self) -> dict[str, list[RefusedFile]]:
        """What was refused in each root, by its real path."""
        now, noted = present(), defaultdict[str, list[RefusedFile]](list)
        for root in self._roots:
            real = os.path.realpath(root.path)
            files = (RefusedFile(real, file.name, file.uri, file.reason or "", now) for file in self.refused[root.path])
            noted[real].extend(files)
        return noted

    def unfound(self) -> Iterator[Path]:
        """The paths given at which there was nothing to read."""
        return (root.path for root in self._roots if not root.found)

    def _is_still_there(self, held: Held) -> bool:
        """Whether the file or feed that a document was read from may hold it still: one that was walked over and now
        holds something else does not."""
        path = held.origin.path
        if (path, held.origin.uri) in self._seen or path not in self._owners:
            return Path(path).exists()
        return path in self._feeds and not self._is_out_of_feed(held)

    def _is_out_of_feed(self, held: Held) -> bool:
        """Whether a document that was not seen in its feed is gone from there. Refused lines name the feed as it is
        called in this sync, which need not be what it was called when the document came."""
        feed = self._feeds.get(held.origin.path)
        return feed is not None and feed not in self._doubtful

    def _walk(self, path: Path) -> _Root:
        todo: list[Candidate] = []
        found, has_lines = 0, False
        for one in self._walked(path):
            if isinstance(one, Refusal):
                self._settle(self.refusal(one.name, None, one.reason, path))
            elif self._is_new(one, path):
                found += 1
                is_todo = self._look(one)
                has_lines |= is_todo and one.line is not None
                if is_todo and not has_lines:
                    todo.append(one)
        # A line carries its text, and a feed may be larger than memory: it is walked twice instead of kept.
        return _Root(path, None if has_lines else tuple(todo), found)

    def _again(self, path: Path) -> Iterator[Candidate]:
        for one in self._walked(path):
            if (
                isinstance(one, Candidate)
                and self._owners.get(origin_path(one)) == path
                and self._unchanged(one) is None
                and document_id(one.uri) not in self._removals
            ):
                yield one

    def _walked(self, path: Path) -> Iterator[Candidate | Refusal]:
        """What is to be read at `path` and what is refused there, without what is apart."""
        real = Path(os.path.realpath(path))
        for one in walk(path, readers=self._readers, collection=self._collection):
            here = real / _LINE.sub("", one.name) if isinstance(one, Refusal) else Path(origin_path(one))
            if not self._is_apart(here):
                yield one

    def _is_apart(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in self._apart)

    def _is_new(self, candidate: Candidate, root: Path) -> bool:
        """False for what another path given already covers."""
        return self._owners.setdefault(origin_path(candidate), root) == root

    def _look(self, candidate: Candidate) -> bool:
        """Note a candidate; true if it is to be read."""
        path = origin_path(candidate)
        self._seen.add((path, candidate.uri))
        if candidate.line is not None:
            self._feeds[path] = candidate.name.rpartition(":")[0]
        held = self._unchanged(candidate)
        if held is None and document_id(candidate.uri) not in self._removals:
            self.total += 1
            return True
        uri = candidate.uri if held is None else held.uri
        reason = self.refuse(candidate, uri)
        unchanged = FileResult(candidate.name, uri, "unchanged")
        self._settle(unchanged if reason is None else self.refused_as(candidate, uri, reason))
        return False

    def _unchanged(self, candidate: Candidate) -> Held | None:
        # The name does not count: a feed's lines move down when one is put above them.
        held = self._held.get(document_id(candidate.uri))
        same = held is not None and replace(held.origin, name=candidate.name) == origin(candidate)
        return held if same else None

    def _settle(self, result: FileResult) -> None:
        self.total += 1
        self.settled.append(result)
        if result.status == "refused" and not result.kept_out:
            self._doubtful.add(result.name.rpartition(":")[0])


def origin(candidate: Candidate) -> Origin:
    """What the library remembers of where a document was read from."""
    return Origin(origin_path(candidate), candidate.uri, candidate.name, candidate.fingerprint)


def origin_path(candidate: Candidate) -> str:
    """The file's real path, the same by whatever way its folder was named."""
    return str(_real_folder(candidate.path.parent) / candidate.path.name)


@lru_cache(maxsize=4096)
def _real_folder(folder: Path) -> Path:
    return Path(os.path.realpath(folder))
