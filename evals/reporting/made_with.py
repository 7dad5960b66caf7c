"""What a run was made with, as names and values to show."""

from __future__ import annotations

from dataclasses import fields

from evals.run_record import Run

NONE = "none"
SETTING = "setting "
"""How the names of single settings begin."""


def made_with(run: Run) -> tuple[tuple[str, str], ...]:
    """Each fingerprint in the order in which it is kept, whether answers repeat, the judge, and then the settings."""
    kept = tuple((each.name, _text(getattr(run.fingerprints, each.name))) for each in fields(run.fingerprints))
    return (*kept, ("repeatable", "yes" if run.repeatable else "no"), *_judge(run), *_settings(run))


def _judge(run: Run) -> tuple[tuple[str, str], ...]:
    judge = run.judge
    if judge is None:
        return ()
    return (("judge_rubric", judge.rubric), ("judge_kappa", f"{judge.kappa:.2f} [{judge.low:.2f}, {judge.high:.2f}]"))


def _settings(run: Run) -> tuple[tuple[str, str], ...]:
    return tuple((f"{SETTING}{name}", value) for name, value in run.settings)


def _text(value: object) -> str:
    return NONE if value is None else str(value)
