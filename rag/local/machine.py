"""What this machine offers a model: physical cores and memory, within the limits of the container it runs in."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/")
"""Where /proc and /sys are; another in tests."""


@dataclass(frozen=True, slots=True)
class Machine:
    """`cores` are physical: a model's arithmetic gains nothing from two threads on one. `memory` is in bytes."""

    cores: int
    memory: int


def this_machine(root: Path = ROOT) -> Machine:
    """What is here, or as much of it as this process may use."""
    return Machine(_cores(root), _memory(root))


def _cores(root: Path) -> int:
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    physical = {_siblings(root, number) for number in allowed}
    quota = [int(share) / int(period) for share, period in _limits(root, "cpu.max") if share != "max"]
    return max(1, min([len(physical), *map(math.ceil, quota)]))


def _siblings(root: Path, number: int) -> str:
    """The processors that are one core with this one, as the kernel lists them; itself where it does not tell."""
    path = root / f"sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list"
    return _text(path) or str(number)


def _memory(root: Path) -> int:
    here = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [int(each) for (each,) in _limits(root, "memory.max") if each != "max"]
    return min([here, *limits])


def _limits(root: Path, name: str) -> Iterator[tuple[str, ...]]:
    """What the control group of this process, and those above it, say under `name` (cgroup v2)."""
    line = next((each for each in _text(root / "proc/self/cgroup").splitlines() if each.startswith("0::")), "0::/")
    top = root / "sys/fs/cgroup"
    group = top / line.removeprefix("0::").strip("/")
    for folder in (group, *group.parents):
        inside = folder == top or top in folder.parents
        if inside and (values := _text(folder / name).split()):
            yield tuple(values)


def _text(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()
    except OSError:
        return ""
