"""Located cases as a data set of pydantic-evals, which asks them, scores them and reports on them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic_evals import Case, Dataset
from pydantic_evals.evaluators import Evaluator

from evals.case import Located
from evals.scoring.scorer import Outcome

NAME = "cases"


def dataset(
    located: Sequence[Located], evaluators: Sequence[Evaluator[Located, Outcome, None]]
) -> Dataset[Located, Outcome, None]:
    """A data set whose cases are named by their ids; an id that stands twice is a ValueError.

    What is expected travels in the inputs, with the places where it stands. There is no expected output, since no
    answer is the only right one, and no metadata, since a case's tags are in it.
    """
    cases = [Case[Located, Outcome, None](name=each.case.id, inputs=each) for each in located]
    return Dataset[Located, Outcome, None](name=NAME, cases=cases, evaluators=evaluators)
