"""Where `limits` keeps its counts: in the library, so that they outlive a restart and hold for all processes."""

from __future__ import annotations

from limits.storage import Storage

from index.errors import LibraryError
from index.records.counters import Counters


class KeptCounts(Storage):
    """A storage for the fixed windows of `limits`, on the counters of the records."""

    STORAGE_SCHEME = None

    def __init__(self, counters: Counters) -> None:
        super().__init__()
        self._counters = counters

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a storage of this kind raises; it is not wrapped in anything."""
        return LibraryError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` more, in a window of `expiry` seconds from its first count on; the count now."""
        return self._counters.add(key, amount, expiry)

    def get(self, key: str) -> int:
        """The count now."""
        return self._counters.count(key)

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since 1970."""
        return self._counters.expires(key)

    def check(self) -> bool:
        """Whether counts can be kept."""
        self._counters.count("")
        return True

    def reset(self) -> None:
        """Not for us: the counts of all are nobody's to reset."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Begin the window again."""
        self._counters.clear(key)
