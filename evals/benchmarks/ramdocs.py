"""How answers deal with sources that disagree: RAMDocs, where each question has documents that give right answers,
documents that give wrong ones, and noise.

    python -m evals.benchmarks.ramdocs --data DIR [--model NAME [--url URL]] [--cases FILE]

DIR holds `ramdocs.jsonl`. Each question gets a small library of its own documents, which have neither titles, sources
nor dates, so that nothing but their words tells them apart. An answer is found where its words stand in a row. A wrong
answer is marked where a disagreement sets its quote against one that does not give it. Without a model the answers are
quotes; a model is one of the scripted ones unless a URL says where it is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from evals.bookshelf import bookshelf
from evals.scripted import scripted
from evals.share import Share
from index.document import Document
from index.embed import default_embedder
from index.normalise import normalise
from index.principal import LOCAL
from rag.answer import Answer
from rag.ask import Desk, Question, ask
from rag.model import Model
from rag.quote import Quoter
from rag.verify import Verifier
from rag.write import Writer

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Case:
    """A question, its documents, the answers that are right and those that are wrong."""

    id: str
    question: str
    documents: tuple[Document, ...]
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case. Counts are of its right and wrong answers: how many its documents hold in words that can
    be found, how many the shown quotes do, and how many of the wrong ones no disagreement marks."""

    case: Case
    answer: Answer
    right_there: int
    right_shown: int
    wrong_shown: int
    wrong_unmarked: int
    """In the quotes."""
    right_told: int
    """In prose that stands."""
    wrong_told: int
    """In prose that stands, and neither marked nor set beside another side in the same sentence."""


def read_cases(file: Path) -> tuple[Case, ...]:
    """The cases of `ramdocs.jsonl`."""
    return tuple(_case(json.loads(line)) for line in file.read_text(encoding="utf-8").splitlines())


def _case(row: dict[str, object]) -> Case:
    documents, right, wrong = row["documents"], row["gold_answers"], row["wrong_answers"]
    if not (isinstance(documents, list) and isinstance(right, list) and isinstance(wrong, list)):
        raise ValueError(f"{row.get('id')} is not a case of RAMDocs; give the folder of its file")
    texts = [normalise(str(each["text"])) for each in documents]
    name = str(row["id"])
    shelf = [
        Document(f"{name}/{at}.txt", text, f"{name}-{at}", ("public",)) for at, text in enumerate(texts) if text.strip()
    ]
    return Case(name, str(row["question"]), tuple(shelf), tuple(map(str, right)), tuple(map(str, wrong)))


def contains(text: str, answer: str) -> bool:
    """Whether the words and figures of the answer stand in the text in a row, whatever stands between them."""
    wanted, words = _WORD.findall(answer.casefold()), _WORD.findall(text.casefold())
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


def outcome(case: Case, answer: Answer) -> Outcome:
    """What the answer shows of the case."""
    texts = [document.text for document in case.documents]
    quotes = [evidence.quote for evidence in answer.evidence]
    shown = [wrong for wrong in case.wrong if any(contains(quote, wrong) for quote in quotes)]
    prose = [sentence for sentence in answer.sentences if sentence.support == "supported"]
    return Outcome(
        case,
        answer,
        right_there=sum(any(contains(text, right) for text in texts) for right in case.right),
        right_shown=sum(any(contains(quote, right) for quote in quotes) for right in case.right),
        wrong_shown=len(shown),
        wrong_unmarked=sum(bool(_unmarked(answer, wrong)) for wrong in shown),
        right_told=sum(any(contains(sentence.text, right) for sentence in prose) for right in case.right),
        wrong_told=sum(
            any(
                contains(sentence.text, wrong)
                and {citation.number for citation in sentence.citations} <= _unmarked(answer, wrong)
                for sentence in prose
            )
            for wrong in case.wrong
        ),
    )


def _unmarked(answer: Answer, wrong: str) -> set[int]:
    """The evidence that gives the wrong answer and that nothing which does not give it is set against."""
    giving = {number for number, each in enumerate(answer.evidence, 1) if contains(each.quote, wrong)}
    marked = {
        number for each in answer.disagreements if not giving.issuperset(each.evidence) for number in each.evidence
    }
    return giving - marked


def measure(cases: Sequence[Case], model: Model | None = None) -> Iterator[Outcome]:
    """Asks each question of its own library."""
    embedder, quoter, verifier = default_embedder(), Quoter(), Verifier()
    writer = Writer(model) if model else None
    for case in cases:
        with bookshelf(case.documents, embedder) as corpus:
            desk = Desk(corpus, quoter, quoter.threshold, model=model, writer=writer, verifier=verifier)
            yield outcome(case, ask(LOCAL, Question(case.question), desk))


def report(outcomes: Sequence[Outcome]) -> str:
    """The shares, each with its interval."""
    answered = [each for each in outcomes if each.answer.status == "answered"]
    findable = [each for each in outcomes if each.right_there == len(each.case.right)]
    wrong = [each for each in outcomes if each.case.wrong]
    shown = [each for each in outcomes if each.wrong_shown]
    lines = {
        "answered": Share(len(answered), len(outcomes)),
        "every right answer is in the documents": Share(len(findable), len(outcomes)),
        "every right answer is in the quotes": Share.of(each.right_shown == len(each.case.right) for each in outcomes),
        "the same, of those in the documents": Share.of(each.right_shown == len(each.case.right) for each in findable),
        "some right answer is in the quotes": Share.of(each.right_shown > 0 for each in outcomes),
        "a wrong answer is in the quotes": Share(len(shown), len(wrong)),
        "a wrong answer is shown and not marked": Share.of(each.wrong_unmarked > 0 for each in wrong),
        "the same, of those where one is shown": Share.of(each.wrong_unmarked > 0 for each in shown),
        "prose stands": Share.of(any(one.support == "supported" for one in each.answer.sentences) for each in answered),
        "every right answer is in the prose": Share.of(each.right_told == len(each.case.right) for each in outcomes),
        "a wrong answer is told as undisputed": Share.of(each.wrong_told > 0 for each in wrong),
    }
    return "\n".join(f"  {name:<42}{share}" for name, share in lines.items())


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.ramdocs", description="Sources that disagree, on RAMDocs."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with ramdocs.jsonl")
    parser.add_argument("--model", help="writes the answers; without --url a scripted one, such as honest")
    parser.add_argument("--url", help="base URL of the model's server")
    parser.add_argument(
        "--cases", type=Path, help="file that is given what became of each case, one JSON object a line"
    )
    given = parser.parse_args(arguments)
    cases = read_cases(given.data / "ramdocs.jsonl")
    with ExitStack() as stack:
        url = given.url or (stack.enter_context(scripted()) if given.model else None)
        model = stack.enter_context(closing(Model(url, given.model))) if given.model else None
        outcomes = tuple(measure(cases, model))
    sys.stdout.write(f"{len(outcomes)} questions, {given.model or 'no model'}\n{report(outcomes)}\n")
    if given.cases:
        given.cases.write_text("".join(f"{json.dumps(_told(each))}\n" for each in outcomes), encoding="utf-8")


def _told(outcome: Outcome) -> dict[str, object]:
    """A case as something to look into."""
    answer = outcome.answer
    return {
        "id": outcome.case.id,
        "question": outcome.case.question,
        "right": outcome.case.right,
        "wrong": outcome.case.wrong,
        "unmarked": outcome.wrong_unmarked,
        "told": outcome.wrong_told,
        "evidence": [each.quote for each in answer.evidence],
        "sentences": [each.text for each in answer.sentences if each.support == "supported"],
        "dropped": [[each.text, each.reason] for each in answer.dropped],
        "disagreements": [[each.relation, each.evidence, each.differences] for each in answer.disagreements],
    }


if __name__ == "__main__":
    main()
