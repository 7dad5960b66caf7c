"""`onrecord ask` and `onrecord search`: one question, or a file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui import lines, terminal, wire
from ui.exits import ABSTAINED, DONE
from ui.options import As, AsJson, AsOf, Config, Library, Lines, Question, need_one, principal
from ui.printing import show_json, show_lines

if TYPE_CHECKING:
    from index.document import Passage
    from rag.answer import Answer


def ask(
    question: Question = None,
    as_of: AsOf = None,
    user: As = None,
    as_json: AsJson = False,
    jsonl: Lines = None,
    library: Library = None,
    config: Config = None,
) -> int:
    """Answer a question with exact quotes.

    Where the documents do not say, that is the answer, with the nearest passages and exit code 3.
    """
    need_one(question, jsonl, name="QUESTION", what="a question")
    import rag.ask
    from rag.desk import open_desk
    from rag.settings import load

    desk = open_desk(load(config, library=library))

    def answer(line: lines.Line) -> Answer:
        asked = rag.ask.Question(line.question, line.as_of or as_of)
        return rag.ask.ask(principal(user if line.user is None else line.user), asked, desk)

    if jsonl is not None:
        with lines.opened(jsonl) as opened:
            return show_lines(lines.answers(opened, lambda line: wire.answer_json(answer(line), line.id)))
    answered = answer(lines.Line(None, question or ""))
    if as_json:
        show_json(wire.answer_json(answered))
    else:
        terminal.show_answer(answered, terminal.console())
    return ABSTAINED if answered.status == "abstained" else DONE


def search(
    question: Question = None,
    as_of: AsOf = None,
    user: As = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="List at most so many passages.", show_default="20")
    ] = None,
    as_json: AsJson = False,
    jsonl: Lines = None,
    library: Library = None,
    config: Config = None,
) -> int:
    """List the passages nearest to a question.

    Best first, and without judging whether they answer it.
    """
    need_one(question, jsonl, name="QUESTION", what="a question")
    import index.search
    from rag.desk import open_corpus
    from rag.settings import load
    from rag.understand import understand

    settings = load(config, library=library, search_limit=limit)
    corpus = open_corpus(settings)

    def find(line: lines.Line) -> tuple[Passage, ...]:
        query = understand(line.question, as_of=line.as_of or as_of)
        who = principal(user if line.user is None else line.user)
        return index.search.search(who, query, corpus, limit=settings.search_limit)

    if jsonl is not None:
        with lines.opened(jsonl) as opened:
            found = lines.answers(opened, lambda line: wire.search_json(line.question, find(line), line.id))
            return show_lines(found)
    passages = find(lines.Line(None, question or ""))
    if as_json:
        show_json(wire.search_json(question or "", passages))
    else:
        terminal.show_passages(passages, terminal.console())
    return DONE
