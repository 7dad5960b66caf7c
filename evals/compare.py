"""A run against its baseline: what got worse, and whether the gate fails for it.

A regression is any of these, the gravest first:

- what no gate lets through, whether or not it was so before: a leak, a quote that is not exact, an answer that did not
  come, a failed check of a case that must pass;
- a check that passed and now fails or cannot be made, where that is no noise (`evals.flips`);
- a case of the baseline that was not asked: else deleting a failing case would pass the gate;
- a measure that fell (`evals.measures`);
- answers that take longer than is allowed (`evals.pace`).

New cases are listed, and fail the gate by nothing but what no gate lets through. Only cases of both runs are held
against each other; a run that says that it asked only some cases is not held to the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from re import sub

from evals.comparison import Comparison, Difference, Flip, Slowness
from evals.flips import flips
from evals.measures import compared, measures
from evals.observed import Failed, Observed
from evals.pace import slowness
from evals.pairing import Pair, answered, pairs
from evals.run_record import Run, Trial

NAMED = 5
"""Cases that a sentence names before it only counts."""


def compare(before: Run, after: Run, *, seed: int = 0, partial: bool = False) -> Comparison:
    """How `after` stands to `before`. `partial`: cases that only `before` has are not missed."""
    both = pairs(before, after)
    repeatable = before.repeatable and after.repeatable
    fatal = tuple(_fatal(after))
    flipped = flips(both, repeatable=repeatable)
    taken = measures(both, judged=same_judge(before, after))
    differing = compared(taken, repeatable=repeatable, seed=seed)
    pace = slowness(before, after, seed=seed)
    earlier, later = answered(before), answered(after)
    gone = () if partial or after.only else tuple(sorted(earlier.keys() - later.keys()))
    return Comparison(
        regressions=(
            *(f"{case}: {sentence}" for case, sentence in fatal),
            *(flip_sentence(flip) for flip in flipped if flip.counts and not flip.passes and not _told(flip, fatal)),
            *gone_sentences(gone),
            *(difference_sentence(each) for each in differing if each.worse),
            *(slowness_sentence(each) for each in (pace,) if each and each.worse),
        ),
        fatal=fatal,
        flips=flipped,
        differences=differing,
        slowness=pace,
        changed=tuple(pair.id for pair in both if _reads_otherwise(pair)),
        gone=gone,
        new=tuple(sorted(later.keys() - earlier.keys())),
        made_with=tuple(_made_with(before, after)),
    )


def same_judge(before: Run, after: Run) -> bool:
    """Whether one judge model, by one rubric, gave the scores of both runs: those of two judges are not comparable."""
    return _judge(before) == _judge(after)


def flip_sentence(flip: Flip) -> str:
    """What went the other way, and why it fails, or failed."""
    if flip.passes:
        return f"{flip.case}: `{flip.check}` failed and now passes"
    return f"{flip.case}: `{flip.check}` passed and now fails" + (f": {flip.reason}" if flip.reason else "")


def gone_sentences(gone: Sequence[str]) -> tuple[str, ...]:
    """None or one, naming the first of the cases and what to do."""
    if not gone:
        return ()
    cases, them = ("1 case", "it") if len(gone) == 1 else (f"{len(gone)} cases", "them")
    return (f"{cases} of the baseline not asked: {named(gone)}; ask {them} again, or accept a run without {them}",)


def named(cases: Sequence[str]) -> str:
    """The first cases, and how many more there are.

    >>> named(["a", "b"]), named(list("abcdefg"))
    ('a, b', 'a, b, c, d, e and 2 more')
    """
    return ", ".join(cases[:NAMED]) + (f" and {len(cases) - NAMED} more" if len(cases) > NAMED else "")


def difference_sentence(difference: Difference) -> str:
    """Where the measure stood and stands, with the interval of the difference."""
    went = "rose" if difference.after > difference.before else "fell"
    between = f"[{figure(difference.low)}, {figure(difference.high)}]"
    means = f"from {figure(difference.before)} to {figure(difference.after)}"
    return f"{difference.name} {went} {means} {between} over {difference.cases} cases"


def slowness_sentence(slowness: Slowness) -> str:
    """How many times as long answers take, and how many are allowed."""
    times = f"{slowness.times:.2f} [{slowness.low:.2f}, {slowness.high:.2f}]"
    machine = "the same machine" if slowness.tolerance < 2 else "another machine"
    stands = "more than" if slowness.worse else "within"
    return f"answers take {times} times as long as in the baseline, {stands} the {slowness.tolerance:g} for {machine}"


def figure(value: float) -> str:
    """Three decimals without the nought before the point.

    >>> figure(0.94), figure(-0.05), figure(1), figure(-0.00001)
    ('.940', '-.050', '1.000', '.000')
    """
    text = f"{round(value, 3) + 0.0:.3f}"
    return sub(r"^(-?)0\.", r"\1.", text)


def fatal_sentences(trials: Iterable[Trial]) -> Iterator[str]:
    """What no gate lets through in these trials, that no answer came among it, whether its scorer said so or not."""
    for trial in trials:
        yield from trial.fatal
        if isinstance(trial.outcome, Failed) and not trial.fatal:
            yield f"no answer came: {trial.outcome.message}"


def _told(flip: Flip, fatal: Sequence[tuple[str, str]]) -> bool:
    """Whether it stands among what is fatal already: the failed checks of a case that must pass do, by their names, and
    so does a grave one that could not be made."""
    names = (f"{flip.check}:", f"{flip.check} ")
    return any(case == flip.case and sentence.startswith(names) for case, sentence in fatal)


def _fatal(run: Run) -> Iterator[tuple[str, str]]:
    for case in sorted(run.cases, key=lambda each: each.case.id):
        yield from ((case.case.id, sentence) for sentence in dict.fromkeys(fatal_sentences(case.trials)))


def _reads_otherwise(pair: Pair) -> bool:
    """Whether no repeat now reads as any did before."""
    return {_reading(each) for each in pair.before.trials}.isdisjoint(_reading(each) for each in pair.after.trials)


def _reading(trial: Trial) -> tuple[object, ...]:
    """What a reader sees of an answer."""
    outcome = trial.outcome
    return (outcome.message,) if isinstance(outcome, Failed) else _seen(outcome)


def _seen(answer: Observed) -> tuple[object, ...]:
    sentences = tuple((said.text, said.citations) for said in answer.sentences)
    evidence = tuple((shown.uri, shown.start, shown.quote) for shown in answer.evidence)
    return answer.status, sentences, evidence, answer.differing


def _judge(run: Run) -> tuple[str | None, str | None]:
    return run.fingerprints.judge, run.judge.rubric if run.judge else None


def _made_with(before: Run, after: Run) -> Iterator[tuple[str, str, str]]:
    """The fingerprints that differ, those of settings as the settings that do, where both runs kept these."""
    for field in fields(before.fingerprints):
        earlier, later = (getattr(run.fingerprints, field.name) for run in (before, after))
        if earlier != later:
            kept = tuple(_settings(before, after)) if field.name == "settings" else ()
            yield from kept or ((field.name, _text(earlier), _text(later)),)


def _settings(before: Run, after: Run) -> Iterator[tuple[str, str, str]]:
    earlier, later = dict(before.settings), dict(after.settings)
    for name in sorted(earlier.keys() | later.keys()):
        was, stands = earlier.get(name), later.get(name)
        if was != stands and earlier and later:
            yield name, _text(was), _text(stands)


def _text(value: object) -> str:
    return "none" if value is None else str(value)
