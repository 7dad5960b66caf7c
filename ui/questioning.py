"""`onrecord ask` and `onrecord search`: one question, or a file of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui import lines, terminal, wire, within
from ui.exits import ABSTAINED, DONE
from ui.options import (
    As,
    AsJson,
    Asked,
    AsOf,
    Collections,
    Config,
    From,
    Library,
    Lines,
    Model,
    ModelUrl,
    NoModel,
    Publishers,
    To,
    need_one,
    principal,
)
from ui.printing import show_json, show_lines
from ui.waiting import waited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.document import Passage
    from rag.answer import Answer
    from rag.events import Event
    from rag.question import Question
    from rag.settings import Settings


def ask(
    question: Asked = None,
    as_of: AsOf = None,
    earliest: From = None,
    latest: To = None,
    publishers: Publishers = None,
    collections: Collections = None,
    user: As = None,
    model: Model = None,
    model_url: ModelUrl = None,
    no_model: NoModel = False,
    as_json: AsJson = False,
    jsonl: Lines = None,
    library: Library = None,
    config: Config = None,
) -> int:
    """Answer a question with exact quotes, and in prose if a model is set.

    Prose is checked against the quotes, sentence by sentence. Where the documents do not say, that is the answer, with
    the nearest passages and exit code 3.
    """
    need_one(question, jsonl, name="QUESTION", what="a question")
    own = within.chosen(earliest, latest, publishers or None, collections or None)
    import rag.ask
    from rag.desk import open_desk
    from rag.question import Question
    from rag.settings import load

    if no_model and (model or model_url):
        raise typer.BadParameter("give either a model or --no-model", param_hint="--no-model")
    settings = load(config, library=library, model=model, model_url=model_url)
    with open_desk(quotes_only(settings) if no_model else settings) as desk:

        def asked(line: lines.Line) -> Question:
            return Question(line.question, line.as_of or as_of, line.history, within.over(line.within, own))

        def events(line: lines.Line) -> Iterator[Event]:
            return rag.ask.stream(principal(user if line.user is None else line.user), asked(line), desk)

        def told(line: lines.Line, answered: Answer) -> wire.Json:
            return wire.answer_json(answered, line.id) | within.named(asked(line).within, asked(line).as_of)

        if jsonl is not None:
            with lines.opened(jsonl) as opened:
                return show_lines(lines.answers(opened, lambda line: told(line, waited(events(line)))))
        shown = terminal.console(stderr=True) if desk.model and not as_json else None
        line = lines.Line(None, question or "")
        answered = waited(events(line), shown)
    if as_json:
        show_json(told(line, answered))
    else:
        terminal.show_answer(answered, terminal.console(), question)
    return ABSTAINED if answered.status == "abstained" else DONE


def search(
    question: Asked = None,
    as_of: AsOf = None,
    earliest: From = None,
    latest: To = None,
    publishers: Publishers = None,
    collections: Collections = None,
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
    own = within.chosen(earliest, latest, publishers or None, collections or None)
    import index.search
    from rag.desk import open_corpus
    from rag.settings import load
    from rag.understand import understand

    settings = load(config, library=library, search_limit=limit)
    corpus = open_corpus(settings)

    def find(line: lines.Line) -> tuple[Passage, ...]:
        query = understand(line.question, as_of=line.as_of or as_of, within=within.over(line.within, own))
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


def quotes_only(settings: Settings) -> Settings:
    """The same settings without any model."""
    return settings.model_copy(update={"model": None, "model_url": None, "judge_model": None})
