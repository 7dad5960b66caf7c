"""`onrecord eval make`: cases proposed from the library, for a person to accept or strike."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui import eval_made, terminal
from ui.brief import counted
from ui.exits import DONE, NOT_DONE
from ui.options import As, AsJson, Config, Library, Model, ModelUrl, NoModel, principal
from ui.printing import show_json

if TYPE_CHECKING:
    from evals.proposing.make import Wanted
    from evals.proposing.proposal import Kind, Proposal
    from rag.settings import Settings

To = Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Add the proposals to this file of cases.")]
Count = Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="Propose at most so many.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="answerable, unanswerable, superseded or paraphrase; several: each of them.",
        show_default="all four",
    ),
]
Seed = Annotated[int, typer.Option(metavar="N", help="Another number draws other documents and sentences.")]
Demo = Annotated[bool, typer.Option("--demo-model", help="Let a scripted model write questions, to try it out.")]
Review = Annotated[
    bool, typer.Option("--review", help="Go through them one by one: keep, strike, or quit; needs --to and a terminal.")
]
_NOTHING_PROPOSED = "nothing is proposed: no sentence of the documents makes a question that is not there yet"
_NOTHING_KEPT = "no proposed case was kept; nothing is added to the file"


def make(
    to: To = None,
    count: Count = 20,
    kind: Kinds = None,
    user: As = None,
    seed: Seed = 0,
    review: Review = False,
    model: Model = None,
    model_url: ModelUrl = None,
    no_model: NoModel = False,
    demo: Demo = False,
    as_json: AsJson = False,
    library: Library = None,
    config: Config = None,
) -> int:
    """Propose cases from the documents of the library.

    Questions whose answer is known, questions without the documents that answer them, statements that were superseded,
    and other wordings. They are made by rules of grammar, with a model's help where one is set, for a person to look
    through: those that today's answer does not meet are tagged fails-today.
    """
    if no_model + demo + bool(model or model_url) > 1:
        raise typer.BadParameter("give only one of a model, --no-model and --demo-model", param_hint="--no-model")
    if review and (to is None or as_json or not sys.stdin.isatty()):
        raise typer.BadParameter("it needs a terminal, and --to FILE for what is kept", param_hint="--review")
    from evals.proposing.make import Wanted
    from rag.settings import load
    from ui.demo import demonstrated
    from ui.questioning import quotes_only

    settings = load(config, library=library, model=model, model_url=model_url)
    labels = None if user is None else tuple(sorted(principal(user).readers - {"public"}))
    wanted = Wanted(count, _kinds(kind or ()), labels, seed, _known(to))
    with demonstrated(settings) if demo else nullcontext(settings) as used:
        return _make(quotes_only(used) if no_model else used, wanted, to, review=review, as_json=as_json)


def _make(settings: Settings, wanted: Wanted, to: Path | None, *, review: bool, as_json: bool) -> int:
    found: list[Proposal] = []
    try:
        with _proposed(settings, wanted) as coming:
            quiet = as_json or to is not None
            for proposal in _reviewed(coming, wanted.count) if review else _shown(coming, wanted.count, quiet=quiet):
                found.append(proposal)
    except KeyboardInterrupt:
        _append(found, to)
        raise
    if as_json:
        show_json(eval_made.proposals_json(found))
    if not found:
        terminal.complain(_NOTHING_KEPT if review else _NOTHING_PROPOSED)
        return NOT_DONE
    _append(found, to)
    if len(found) < wanted.count and not review:
        terminal.complain(f"the documents gave {len(found)} of {wanted.count}; another --seed may give others")
    return DONE


@contextmanager
def _proposed(settings: Settings, wanted: Wanted) -> Iterator[Iterable[Proposal]]:
    """The proposals as they come; a model that cannot be reached is told of at the end."""
    from evals.proposing.make import proposals
    from evals.proposing.modelled import ByModel
    from evals.proposing.writing import ByRule
    from rag.desk import open_desk

    with open_desk(settings) as desk:
        wordsmith = ByModel(desk.model) if desk.model else ByRule()
        with closing(proposals(desk, wanted, wordsmith)) as coming:
            yield coming
        if isinstance(wordsmith, ByModel) and wordsmith.notice:
            terminal.complain(wordsmith.notice)


def _shown(coming: Iterable[Proposal], count: int, *, quiet: bool) -> Iterator[Proposal]:
    """Each proposal as it comes: printed, or counted on a terminal's standard error."""
    to, errors = terminal.console(), terminal.console(stderr=True)
    with errors.status("Reading the documents") if errors.is_terminal else nullcontext() as status:
        for number, proposal in enumerate(coming, 1):
            if status is not None:
                status.update(f"{number} of {count} proposed")
            if not quiet:
                eval_made.show(number, proposal, to)
            yield proposal


def _reviewed(coming: Iterable[Proposal], count: int) -> Iterator[Proposal]:
    """Those that the person keeps, until they quit."""
    to = terminal.console()
    for number, proposal in enumerate(coming, 1):
        eval_made.show(number, proposal, to)
        match _choice(f"{number} of {count}: keep, strike or quit?"):
            case "k":
                yield proposal
            case "q":
                return


def _choice(asked: str) -> str:
    """The first letter of what is answered, once it is one of the three. The end of the input stops it as Ctrl-C does,
    which typer's prompt does not let through."""
    while True:
        try:
            answer: str = typer.prompt(asked, default="keep").strip().lower()[:1]
        except typer.Abort:
            raise KeyboardInterrupt from None
        if answer in ("k", "s", "q"):
            return answer


def _append(found: Sequence[Proposal], to: Path | None) -> None:
    """Add the proposals to the file, if there are any and one is named."""
    if to is None or not found:
        return
    from evals.reading.append import append_cases

    append_cases(to, [proposal.case for proposal in found])
    failing = sum(not proposal.passes for proposal in found)
    today = f", {failing} of which today's answers do not meet" if failing else ""
    told = f"{counted(len(found), 'proposed case')} added to {to}{today}; look through them and strike what is not good"
    typer.echo(terminal.printable(told), err=True)


def _known(to: Path | None) -> frozenset[str]:
    """The ids that stand in the file already; what is wrong with it, or its name, is told before anything is made."""
    if to is None:
        return frozenset()
    from evals.reading.append import refuse_ending

    refuse_ending(to)
    if not to.exists():
        return frozenset()
    from evals.reading.files import read_cases

    return frozenset(case.id for case in read_cases((to,)))


def _kinds(named: Iterable[str]) -> tuple[Kind, ...]:
    from evals.proposing.proposal import KINDS
    from index.nearest import nearest

    for name in named:
        if name not in KINDS:
            raise typer.BadParameter(f"there is no kind {name!r}; {nearest(name, KINDS)}", param_hint="--kind")
    return tuple(kind for kind in KINDS if kind in named) or KINDS
