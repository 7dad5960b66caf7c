"""What a sentence says that the quotes it cites do not: figures, dates, names, quoted words, negation, modality.

By rule, without a model. A rule speaks only where it can point at the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag.checking.finding import Mismatch as Mismatch
from rag.checking.mismatch_date import days_not_borne_out
from rag.checking.mismatch_figure import figures_not_borne_out
from rag.checking.mismatch_modality import modalities_not_borne_out
from rag.checking.mismatch_name import names_not_borne_out
from rag.checking.mismatch_negation import negations_not_borne_out
from rag.checking.mismatch_quotation import quotations_not_borne_out
from rag.checking.mismatch_role import roles_not_borne_out
from rag.checking.parts import parts
from rag.checking.saying import Case, case
from rag.ground import Ground

_RULES: tuple[Callable[[Case], Iterator[Mismatch]], ...] = (
    figures_not_borne_out,
    days_not_borne_out,
    names_not_borne_out,
    roles_not_borne_out,
    quotations_not_borne_out,
    negations_not_borne_out,
    modalities_not_borne_out,
)


def mismatches(claim: str, grounds: Sequence[Ground]) -> tuple[Mismatch, ...]:
    """What `claim` says that `grounds` do not, the contradicted first; empty where every rule is content.

    >>> [each.reason for each in mismatches("The talks lasted six hours.", [Ground("The talks lasted five hours.")])]
    ['the quotes say “five hours”, not “six hours”']
    """
    compared = [case(part, theirs) for part, theirs in parts(claim, grounds)]
    every = [each for one in compared for rule in _RULES for each in rule(one)]
    every.sort(key=lambda each: not each.contradicted)
    return tuple({(each.kind, each.claim): each for each in reversed(every)}.values())[::-1]
