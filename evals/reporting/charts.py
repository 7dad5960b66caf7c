"""The figures of a run to charts: where each mark stands, in percents of the width, and the same data as a table.

Widths are percents and heights pixels, so that a chart is as legible in a narrow window as in a wide one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isnan, log10

import numpy as np

from evals.observed import Observed
from evals.reporting.measured import Kind, Measured, Tagged, measured, measures, passing, tagged
from evals.run_record import CaseRun, Run

MOST_ROWS = 14
"""Of a chart; the table beside it has all."""
ROW, TOP, FOOT = 42, 6, 22
"""Pixels: of a row, above the first, and below the last for the axis."""
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_EVERYTHING = "all cases"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the axis with what stands below it; `at` is a percent of the width."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """A row: a dot with its interval, and where it stood before; all in percents of the width."""

    label: str
    value: str
    at: float
    low: float
    high: float
    before: float | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A row: from the shortest to the longest, the middle half, the median, the 95th percentile, and the median until
    the evidence was there; all in percents of the width."""

    label: str
    value: str
    low: float
    quarter: float
    at: float
    three_quarters: float
    late: float
    high: float
    evidence: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `columns` and `cells` are its data as a table, the first column naming the row."""

    key: str
    title: str
    description: str
    rows: tuple[Interval, ...] | tuple[Box, ...]
    ticks: tuple[Tick, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    @property
    def height(self) -> int:
        """Pixels."""
        return TOP + ROW * len(self.rows) + FOOT

    @property
    def steps(self) -> tuple[tuple[int, Interval | Box], ...]:
        """Each row with the pixels from the top at which it begins."""
        rows: tuple[Interval | Box, ...] = self.rows
        return tuple((TOP + ROW * at, row) for at, row in enumerate(rows))

    @property
    def boxes(self) -> bool:
        return any(isinstance(row, Box) for row in self.rows)


_SHARES = tuple(Tick(at, f"{at / 100:g}") for at in (0.0, 25.0, 50.0, 75.0, 100.0))


def charts(run: Run, before: Run | None) -> tuple[Chart, ...]:
    """What passes, what passes by tag, each score by tag, and the seconds by tag; none without cases."""
    groups = (Tagged(_EVERYTHING, run.cases), *tagged(run.cases))
    earlier = _earlier(before)
    found = [_checks(run, earlier), _by_tag(groups, earlier, "check", "passes", "Answers in which nothing fails")]
    scores = [each.name for each in measures(run.cases) if each.kind == "score"]
    found += [_by_tag(groups, earlier, "score", name, name) for name in scores]
    return tuple(chart for chart in (*found, _seconds(groups)) if chart.rows)


def _earlier(before: Run | None) -> dict[str, tuple[CaseRun, ...]]:
    """The cases of the run before, by tag."""
    cases = before.cases if before else ()
    return {each.tag: each.cases for each in (Tagged(_EVERYTHING, cases), *tagged(cases))}


def _checks(run: Run, earlier: dict[str, tuple[CaseRun, ...]]) -> Chart:
    everything = Tagged(_EVERYTHING, run.cases)
    found = [_figure(everything, earlier, "check", "passes")]
    found += [_figure(everything, earlier, "check", each.name) for each in measures(run.cases) if each.kind == "check"]
    named = [(now.name if now.name != "passes" else "nothing fails", now, then) for now, then in found if now.cases]
    return _chart("passing", "What passes", "The share of answers that pass each check.", "Check", named)


def _by_tag(
    groups: Sequence[Tagged], earlier: dict[str, tuple[CaseRun, ...]], kind: Kind, name: str, title: str
) -> Chart:
    found = [(group.tag, *_figure(group, earlier, kind, name)) for group in groups]
    described = f"{title}, for the cases of each tag."
    return _chart(f"{name}-by-tag", f"{title}, by tag", described, "Tag", [row for row in found if row[1].cases])


def _figure(
    group: Tagged, earlier: dict[str, tuple[CaseRun, ...]], kind: Kind, name: str
) -> tuple[Measured, Measured | None]:
    """The figure of these cases, and the one before where there was one."""
    then = _of(earlier.get(group.tag, ()), kind, name)
    return _of(group.cases, kind, name), then if then.cases else None


def _of(cases: Sequence[CaseRun], kind: Kind, name: str) -> Measured:
    return passing(cases) if name == "passes" else measured(cases, name, kind)


def _chart(
    key: str, title: str, described: str, first: str, named: Sequence[tuple[str, Measured, Measured | None]]
) -> Chart:
    rows = tuple(_interval(*each) for each in named[:MOST_ROWS])
    cells = tuple(_cells(*each) for each in named)
    columns = (first, "Cases", "Mean", "95 % interval", "Before")
    whole = f"{described} A dot is the mean, the line its 95 % interval, a ring the mean before."
    return Chart(key, title, whole, rows, _SHARES, columns, cells)


def _interval(label: str, now: Measured, then: Measured | None) -> Interval:
    value = f"{now.mean:.2f}, {now.cases} {'case' if now.cases == 1 else 'cases'}"
    before = then.mean * 100 if then else None
    return Interval(label, value, now.mean * 100, now.low * 100, now.high * 100, before)


def _cells(label: str, now: Measured, then: Measured | None) -> tuple[str, ...]:
    before = f"{then.mean:.3f}" if then else "–"
    return label, str(now.cases), f"{now.mean:.3f}", f"{now.low:.3f} to {now.high:.3f}", before


def _seconds(groups: Sequence[Tagged]) -> Chart:
    timed = [(group.tag, *_times(group.cases)) for group in groups]
    timed = [each for each in timed if each[1]]
    widest = _round_up(max((max(whole) for _, whole, _ in timed), default=1.0))
    ticks = tuple(Tick(at, f"{widest * at / 100:g} s") for at in (0.0, 50.0, 100.0))
    rows = tuple(_box(*each, widest) for each in timed[:MOST_ROWS])
    described = (
        "Seconds until the whole answer was there, for the cases of each tag, asked side by side. The box is the middle"
        " half, its bar the median, the triangle the 95th percentile, the line from the shortest to the longest, the"
        " ring the median until the evidence was there."
    )
    columns = ("Tag", "Answers", "Median", "95th percentile", "Longest", "Evidence, median")
    return Chart("seconds", "Seconds, by tag", described, rows, ticks, columns, tuple(_time_cells(*e) for e in timed))


def _times(cases: Sequence[CaseRun]) -> tuple[list[float], list[float]]:
    """Seconds of the answers that came, and until their evidence where there was some."""
    came = [trial.outcome for each in cases for trial in each.trials if isinstance(trial.outcome, Observed)]
    return [each.seconds for each in came], [each.first_seconds for each in came if each.first_seconds is not None]


def _box(label: str, whole: list[float], evidence: list[float], widest: float) -> Box:
    low, quarter, middle, three, late, high = (
        float(each) for each in np.quantile(whole, (0, 0.25, 0.5, 0.75, 0.95, 1)) * 100 / widest
    )
    first = float(np.median(evidence)) * 100 / widest if evidence else None
    value = f"{np.median(whole):.2f} s, p95 {np.quantile(whole, 0.95):.2f} s"
    return Box(label, value, low, quarter, middle, three, late, high, first)


def _time_cells(label: str, whole: list[float], evidence: list[float]) -> tuple[str, ...]:
    middle, late, most = np.quantile(whole, (0.5, 0.95, 1))
    first = f"{np.median(evidence):.3f}" if evidence else "–"
    return label, str(len(whole)), f"{middle:.3f}", f"{late:.3f}", f"{most:.3f}", first


def _round_up(seconds: float) -> float:
    """The next figure of the form 1, 2, 2.5 or 5 times a power of ten."""
    if isnan(seconds) or seconds <= 0:
        return 1.0
    power = 10.0 ** (ceil(log10(seconds)) - 1)
    return next(step * power for step in _STEPS if step * power >= seconds * (1 - 1e-9))
