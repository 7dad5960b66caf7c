"""From what a reader said of an answer to a draft of a case: what was asked and by whom, and what was shown.

What a right answer is, nobody has said yet: only whether there should have been one is known, sometimes. The quotes and
documents that were shown stand in the draft as candidates, for a person to keep or strike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evals.case import Case, Expected, Quoted
from evals.errors import EvalError, InvalidCases
from evals.reading.append import append_cases
from evals.reading.files import parsed
from evals.reading.locate import locate
from evals.reading.node import Mistakes
from evals.reading.yaml_text import case_yaml
from index.complaint import complaint
from index.feedback import Feedback, Kept
from index.library import Library
from index.principal import PUBLIC
from rag.conversation import Turn

TAG = "feedback"
"""What every case that began as feedback is tagged with."""
LONGEST_SHOWN = 240
"""Characters of each shown quote that the note of a case keeps."""
HINT = "Say under expect what a right answer holds: answer, quotes, says, never_says, sources, differs, reference.\n"
OFFER = "This was shown; take the # away from what a right answer shows as well.\n"
# Whether there should have been an answer, by the verdict and what there was; a thumb down on an answer says neither.
_ANSWERABLE = {("down", "abstained"): True, ("up", "abstained"): False, ("up", "answered"): True}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says of the right answer; what is None or empty leaves the draft as it is. `says` are facts."""

    id: str | None = None
    answer: bool | None = None
    quotes: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def drafted(kept: Kept) -> Case:
    """The draft: the question as it was asked, with the turns before it if it leaned on them."""
    given = kept.feedback
    who = given.principal
    return Case(
        id=f"{TAG}-{kept.when.date().isoformat()}-{kept.number}",
        question=given.question,
        expected=Expected(answerable=_ANSWERABLE.get((given.verdict, given.status))),
        history=_history(given),
        as_of=given.as_of,
        readers=None if who.reads_everything else tuple(sorted(who.readers - {PUBLIC})),
        tags=(TAG,),
        note=_note(kept),
    )


def completed(case: Case, wanted: Wanted) -> Case:
    """The draft with what a person says of the right answer."""
    proposed = case.expected
    expected = Expected(
        answerable=proposed.answerable if wanted.answer is None else wanted.answer,
        quotes=(*proposed.quotes, *(Quoted(text) for text in wanted.quotes)),
        says=(*proposed.says, *((text,) for text in wanted.says)),
        never_says=(*proposed.never_says, *wanted.never_says),
        sources=(*proposed.sources, *wanted.sources),
    )
    return replace(case, id=wanted.id or case.id, expected=expected)


def join(cases: Sequence[Case], path: Path, library: Library) -> None:
    """Add the cases to the file of cases at `path`, which is made if need be.

    Raises EvalError for a case that expects nothing, which is all that is known after a thumb down on an answer;
    InvalidCases for what no file of cases may say, or what no document of the library can meet.
    """
    if any(case.expected == Expected() for case in cases):
        raise EvalError(
            "nothing says yet what a right answer to this is; give --answer, --quote, --says, --never-says or "
            "--source, or write it with --edit"
        )
    locate(_read_back(cases), library, lambda id: False)
    append_cases(path, cases)


def _read_back(cases: Sequence[Case]) -> Sequence[Case]:
    """The cases as a file of them would be read, each with its place if it has one. Raises InvalidCases."""
    mistakes = Mistakes("the case")
    parsed("cases:\n" + "".join(map(case_yaml, cases)), ".yaml", {}, mistakes)
    if mistakes.found:
        raise InvalidCases(tuple(mistakes.found))
    return cases


def draft_yaml(kept: Kept, case: Case) -> str:
    """A file of this one case, with what is known beside it as comments; what was shown stands where taking the # away
    makes it expected."""
    before, under, after = _parted(case_yaml(replace(case, expected=Expected(answerable=True))))
    indent = under[: _depth(under)]
    own = "" if case.expected == Expected() else _parted(case_yaml(case))[1]
    candidates = _candidates(kept.feedback, case)
    offered = HINT
    if candidates != Expected():
        lines = _parted(case_yaml(replace(case, expected=candidates)))[1].splitlines(keepends=True)
        offered += OFFER + "".join(line.removeprefix(indent) for line in lines)
    return f"{_commented(_told(kept))}cases:\n{before}{own}{_commented(offered, indent)}{after}"


def _parted(text: str) -> tuple[str, str, str]:
    """A case's YAML up to and with the line `expect:`, what stands under it, and the rest."""
    lines = text.splitlines(keepends=True)
    fields = len(lines[0]) - len(lines[0].lstrip(" -"))  # a line of a text, which may say the same, is further in
    head = next(at for at, line in enumerate(lines) if line == f"{' ' * fields}expect:\n")
    ends = (at for at in range(head + 1, len(lines)) if lines[at].strip() and _depth(lines[at]) <= _depth(lines[head]))
    end = next(ends, len(lines))
    return "".join(lines[: head + 1]), "".join(lines[head + 1 : end]), "".join(lines[end:])


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _commented(text: str, indent: str = "") -> str:
    """Each line of `text` as a comment."""
    return "".join(f"{indent}# {line}".rstrip() + "\n" for line in text.splitlines())


def _candidates(given: Feedback, case: Case) -> Expected:
    """What was shown and is not expected yet: the quotes, and the documents they and the related passages are from."""
    quotes = dict.fromkeys(Quoted(_line(each.quote), each.uri) for each in given.shown if each.number)
    sources = dict.fromkeys(each.uri for each in given.shown)
    held = {quoted.text for quoted in case.expected.quotes}
    return Expected(
        quotes=tuple(quoted for quoted in quotes if quoted.text not in held),
        sources=tuple(uri for uri in sources if uri not in case.expected.sources),
    )


def _history(given: Feedback) -> tuple[Turn, ...]:
    """The turns before, where the question was understood from them."""
    if given.understood == given.question:
        return ()
    return tuple(Turn(each.question, each.answer) for each in given.history)


def _told(kept: Kept) -> str:
    """What is known of the feedback beyond the case, for whoever completes it."""
    given = kept.feedback
    who = given.principal
    labels = "everything" if who.reads_everything else ", ".join(sorted(who.readers)) or "nothing"
    lines = [f"Feedback {kept.number}, {moment(kept)}, from {_line(who.name)}, who may read: {_line(labels)}"]
    if given.understood != given.question:
        lines.append(f"Read as: {_line(given.understood)}")
    if what := complaint(given):
        lines.append(f"What is wrong: {what}")
    if given.made:
        made = given.made
        model = f", written by {made.model}" if made.model else ""
        lines.append(
            f"Answerable: {made.answerable:.2f}, threshold {made.threshold:.2f}; "
            f"generation {made.generation} of the library{model}"
        )
    return "\n".join(lines)


def moment(kept: Kept) -> str:
    """When it was given: 2026-11-23 09:15 UTC."""
    return f"{kept.when:%Y-%m-%d %H:%M} UTC"


def _note(kept: Kept) -> str:
    given = kept.feedback
    verdict = "found this not right" if given.verdict == "down" else "found this helpful"
    opening = f"A reader {verdict} on {kept.when.date().isoformat()}"
    said = f"{opening}:\n{given.comment}" if given.comment else f"{opening}, and said no more."
    return "\n".join((said, *_shown(given)))


def _shown(given: Feedback) -> Sequence[str]:
    """What the reader had before them, one line each."""
    quotes = [f"- {_cut(each.quote)} ({each.uri})" for each in given.shown]
    if given.status == "abstained":
        return ("The answer was that the documents do not say.", *(("Nearest came:", *quotes) if quotes else ()))
    texts = {each.quote for each in given.shown}
    prose = [f"- {_line(sentence)}" for sentence in given.sentences if sentence not in texts]
    return (*(("It was told:", *prose) if prose else ()), *(("It was shown:", *quotes) if quotes else ()))


def _line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str) -> str:
    line = _line(text)
    return line if len(line) <= LONGEST_SHOWN else f"{line[:LONGEST_SHOWN].rsplit(' ', 1)[0]} …"
