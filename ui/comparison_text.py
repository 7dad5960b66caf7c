"""What a comparison of two runs has to say, in words: the verdict, and what stands under which heading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.compare import figure, slowness_sentence
from evals.comparison import Comparison, Difference, Flip
from evals.run_record import CaseRun, Run
from ui.brief import counted

Tone = Literal["bad", "good", "doubtful", "plain"]
MOST = 30
"""Cases that are named in a row; the JSON has all."""
COLUMNS = ("measure", "before", "after", "change", "95 % interval", "cases", "")


@dataclass(frozen=True, slots=True)
class Item:
    """A line, and below it why."""

    what: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; there is none without a line."""

    heading: str
    tone: Tone
    items: tuple[Item, ...]


def verdict(found: Comparison) -> str:
    """Whether the gate fails and for what, in one line."""
    return "No worse than the baseline." if found.passes else f"Worse: {', '.join(_reasons(found))}."


def _reasons(found: Comparison) -> Iterator[str]:
    failing = sum(flip.counts and not flip.passes for flip in found.flips)
    fell = [each.name for each in found.differences if each.worse]
    if found.fatal:
        yield f"{len(found.fatal)} fatal"
    if failing:
        yield "1 check fails now" if failing == 1 else f"{failing} checks fail now"
    if found.gone:
        yield f"{counted(len(found.gone), 'case')} not asked"
    if fell:
        yield f"{fell[0]} fell" if len(fell) == 1 else f"{len(fell)} measures fell"
    if found.slowness and found.slowness.worse:
        yield "slower"


def basis(before: Run, found: Comparison, compared: int) -> str:
    """What was compared with what."""
    accepted = before.accepted[0] if before.accepted else None
    since = f"accepted {accepted.when:%Y-%m-%d}: {accepted.why}" if accepted else f"a run of {before.made:%Y-%m-%d}"
    otherwise = f", {len(found.changed)} of them read otherwise" if found.changed else ""
    return f"{counted(compared, 'case')} compared{otherwise}. Baseline, {since}"


def first_sections(found: Comparison) -> Iterator[Section]:
    """What is fatal, then the checks that went the other way, those that fail now first."""
    falling = [flip for flip in found.flips if not flip.passes]
    yield from _section("Never let through", "bad", (Item(case, sentence) for case, sentence in found.fatal))
    yield from _section("Fails now, and passed before", "bad", _flips(flip for flip in falling if flip.counts))
    noise = _flips(flip for flip in falling if not flip.counts)
    yield from _section("Fails now, which may be noise", "doubtful", noise)
    yield from _section("Passes now, and failed before", "good", _flips(flip for flip in found.flips if flip.passes))


def last_sections(found: Comparison, after: Run, caveats: Sequence[str]) -> Iterator[Section]:
    """What reads otherwise, what the runs were made with, which cases are gone or new, and what to bear in mind."""
    if found.changed:
        yield Section("Reads otherwise", "plain", (Item(listed(found.changed)),))
    made = (Item(f"{name}: {earlier}, now {later}") for name, earlier, later in found.made_with)
    yield from _section("Made with something else", "plain", made)
    if found.gone:
        what = "ask again, or accept a run without them"
        yield Section("In the baseline and not asked", "bad", (Item(listed(found.gone), what),))
    new = set(found.new)
    yield from _section("New", "plain", (Item(_new(each)) for each in after.cases if each.case.id in new))
    yield from _section("To bear in mind", "plain", map(Item, caveats))


def moved(found: Comparison) -> tuple[Difference, ...]:
    """The measures that are not just what they were."""
    return tuple(each for each in found.differences if each.low or each.high or each.difference)


def row(difference: Difference) -> tuple[str, ...]:
    """The cells of a measure, as `COLUMNS` names them."""
    between = f"[{figure(difference.low)}, {figure(difference.high)}]"
    said = "worse" if difference.worse else "better" if difference.better else ""
    means = (figure(each) for each in (difference.before, difference.after, difference.difference))
    return difference.name, *means, between, str(difference.cases), said


def unmoved(found: Comparison) -> str:
    """The other measures with their means, or '' where there are none."""
    still = [each for each in found.differences if each not in moved(found)]
    return f"As before: {', '.join(f'{each.name} {figure(each.after)}' for each in still)}." if still else ""


def speed(found: Comparison) -> str:
    """How long answers take, or '' where that was not compared."""
    if found.slowness is None:
        return ""
    sentence = slowness_sentence(found.slowness)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def listed(names: Sequence[str], most: int = MOST) -> str:
    """The names in a row, after `most` only how many more there are.

    >>> listed(("a", "b", "c"), 2)
    'a, b and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _section(heading: str, tone: Tone, items: Iterable[Item]) -> Iterator[Section]:
    if kept := tuple(items):
        yield Section(heading, tone, kept)


def _flips(flips: Iterable[Flip]) -> Iterator[Item]:
    return (Item(f"{flip.case}: {flip.check}", flip.reason) for flip in flips)


def _new(run: CaseRun) -> str:
    """The case, and the checks of it that fail, which no gate holds it to yet."""
    failed = dict.fromkeys(check.name for trial in run.trials for check in trial.checks if not check.passed)
    return f"{run.case.id}: fails {', '.join(failed)}" if failed else run.case.id
