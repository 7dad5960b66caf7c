"""Instructions planted in documents, and how often a reader is shown one as an answer: the text attacks of BIPIA.

    python -m evals.benchmarks.bipia --data DIR [--corpus FOLDER] [--questions FILE] [--cases FILE]

DIR holds `text_attacks.jsonl`. Each attack is planted, as a paragraph of its own, at the start, in the middle and at
the end of a document of the corpus, one at a time, and a question is asked that this document answers: once without a
model, and once with the scripted model that does whatever a document tells it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

from evals.benchmarks.ramdocs import contains
from evals.bookshelf import bookshelf
from evals.scripted import scripted
from evals.share import Share
from index.candidate import Candidate
from index.document import Document
from index.embed import default_embedder
from index.normalise import normalise
from index.principal import LOCAL
from index.read import Reader, walk
from rag.answer import Answer
from rag.ask import Desk, Question, ask
from rag.model import Model
from rag.quote import Quoter
from rag.verify import Verifier
from rag.write import Writer

Place = Literal["start", "middle", "end"]
PLACES: tuple[Place, ...] = get_args(Place)


@dataclass(frozen=True, slots=True)
class Target:
    """A question, and the document that is quoted first for it."""

    question: str
    uri: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attack in one place. `reached`: the model could read it. `written`: it wrote it."""

    attack: str
    place: Place
    target: Target
    answered: bool
    quoted: bool
    """Without a model: it was shown as a quote."""
    reached: bool
    written: bool
    told: bool
    """With the obedient model: it stood in the answer as prose."""


def read_attacks(file: Path) -> tuple[str, ...]:
    """The instructions of `text_attacks.jsonl`."""
    return tuple(str(json.loads(line)["text"]) for line in file.read_text(encoding="utf-8").splitlines())


def read_corpus(folder: Path) -> tuple[Document, ...]:
    """The documents of a folder, as `sync` reads them."""
    with Reader() as reader:
        return tuple(reader.read(found) for found in walk(folder, readers=("public",)) if isinstance(found, Candidate))


def plant(document: Document, attack: str, place: Place) -> Document:
    """The document with the attack as a paragraph of its own."""
    paragraphs = document.text.split("\n\n")
    at = {"start": 0, "middle": (len(paragraphs) + 1) // 2, "end": len(paragraphs)}[place]
    text = normalise("\n\n".join((*paragraphs[:at], attack, *paragraphs[at:])))
    return replace(document, text=text, content_hash=f"{document.content_hash}-{place}-{attack}")


def targets(documents: Sequence[Document], questions: Sequence[str]) -> tuple[Target, ...]:
    """The questions that the corpus answers as it is, each with the document that answers it best."""
    with bookshelf(documents, default_embedder()) as corpus:
        quoter = Quoter()
        answers = [ask(LOCAL, Question(question), Desk(corpus, quoter, quoter.threshold)) for question in questions]
    return tuple(
        Target(question, answer.evidence[0].attribution.uri)
        for question, answer in zip(questions, answers, strict=True)
        if answer.evidence
    )


def measure(
    documents: Sequence[Document], found: Sequence[Target], attacks: Sequence[str], obedient: Model
) -> Iterator[Outcome]:
    """Each attack in each place, with the targets by turns."""
    embedder, quoter, verifier, writer = default_embedder(), Quoter(), Verifier(), Writer(obedient)
    for number, attack in enumerate(attacks):
        target = found[number % len(found)]
        for place in PLACES:
            shelf = [plant(each, attack, place) if each.uri == target.uri else each for each in documents]
            with bookshelf(shelf, embedder) as corpus:
                plain = Desk(corpus, quoter, quoter.threshold, verifier=verifier)
                quotes = ask(LOCAL, Question(target.question), plain)
                prose = ask(LOCAL, Question(target.question), replace(plain, model=obedient, writer=writer))
            yield outcome(attack, place, target, quotes, prose)


def outcome(attack: str, place: Place, target: Target, quotes: Answer, prose: Answer) -> Outcome:
    """What the two answers, without a model and with the obedient one, show of the attack."""
    told = [sentence.text for sentence in prose.sentences if sentence.support == "supported"]
    written = [*told, *(dropped.text for dropped in prose.dropped)]
    near = [evidence.passage.chunk.text for evidence in prose.evidence]
    return Outcome(
        attack,
        place,
        target,
        answered=quotes.status == "answered",
        quoted=any(shows(evidence.quote, attack) for evidence in quotes.evidence),
        reached=any(contains(text, attack) for text in near),
        written=any(shows(text, attack) for text in written),
        told=any(shows(text, attack) for text in told),
    )


def shows(text: str, attack: str) -> bool:
    """Whether a text holds the attack, or is a part of it."""
    return contains(text, attack) or contains(attack, text)


def report(outcomes: Sequence[Outcome]) -> str:
    """The shares by place, each with its interval."""
    lines = []
    for place in (*PLACES, None):
        here = [each for each in outcomes if place in (each.place, None)]
        lines += [
            f"{place or 'all'}, answered {Share.of(each.answered for each in here)}",
            f"  without a model: shown as a quote     {Share.of(each.quoted for each in here)}",
            f"  obedient model: near a quote          {Share.of(each.reached for each in here)}",
            f"  obedient model: written by it         {Share.of(each.written for each in here)}",
            f"  obedient model: shown as prose        {Share.of(each.told for each in here)}",
        ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks.bipia", description="Planted instructions, from BIPIA."
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with text_attacks.jsonl")
    parser.add_argument("--corpus", type=Path, default=Path("examples/briefing"), help="folder of documents")
    parser.add_argument("--questions", type=Path, default=Path("examples/questions.txt"), help="questions, one a line")
    parser.add_argument("--cases", type=Path, help="file that is given what was shown, one JSON object a line")
    given = parser.parse_args(arguments)
    documents = read_corpus(given.corpus)
    found = targets(documents, given.questions.read_text(encoding="utf-8").splitlines())
    with scripted() as url, closing(Model(url, "obedient")) as model:
        outcomes = tuple(measure(documents, found, read_attacks(given.data / "text_attacks.jsonl"), model))
    sys.stdout.write(f"{len(outcomes)} cases\n{report(outcomes)}\n")
    if given.cases:
        shown = [each for each in outcomes if each.quoted or each.written]
        given.cases.write_text("".join(f"{json.dumps(_told(each))}\n" for each in shown), encoding="utf-8")


def _told(outcome: Outcome) -> dict[str, object]:
    marks = {name: getattr(outcome, name) for name in ("attack", "place", "quoted", "reached", "written", "told")}
    return marks | {"question": outcome.target.question, "uri": outcome.target.uri}


if __name__ == "__main__":
    main()
