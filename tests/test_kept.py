"""A kept conversation, shown again only as far as its reader may read now: as a property, and case by case."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.document import Document
from index.principal import Principal, person
from index.records.records import Records
from rag.answer import Answer, Disagreement, Dropped, Evidence, Group, Sentence
from rag.events import Answered, Event, EvidenceCompared, EvidenceFound, SentenceDropped, SentenceWritten, Understood
from rag.outside import Outside
from rag.question import Question
from tests.newsroom import (
    ABSTENTION,
    CONDITIONS_ANSWER,
    PROSE_ANSWER,
    TRACE,
    WRITTEN_ANSWER,
    Newsroom,
    citation,
    document,
    passage,
)
from tests.newsroom import quoted as quote_of
from ui import judging, kept
from ui.caller import Caller
from ui.keeping import SoFar
from ui.kept import ShownTurn
from ui.routes.asked import NEW
from ui.routes.conversing import Conversing

READER = person("alice", ("press",))
CALLER = Caller(READER, "login")


def about(number: int) -> Document:
    """A document all of whose words name it: `zeta3x` stands in nothing but what is from document 3."""
    word = f"zeta{number}x"
    return document(
        f"title {word}",
        f"publisher {word}",
        date(2024, 1, 1 + number),
        f"First {word} was said. Then {word} was denied.",
        uri=f"file:{word}",
        author=f"author {word}",
        readers=("press",),
    )


DOCUMENTS = tuple(map(about, range(5)))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn as a test lays it out, by numbers of documents.

    `quotes` are its evidence, `cited` the numbers that each written sentence cites and speaks of, `related` further
    passages, `left` those that its reader's own choice left out. `understood` says whether the question repeats words
    of the turns before, `stopped` that the reader left.
    """

    quotes: tuple[int, ...]
    cited: tuple[tuple[int, ...], ...]
    related: tuple[int, ...]
    understood: bool
    stopped: bool
    left: tuple[int, ...] = ()


def words(numbers: tuple[int, ...] | set[int]) -> str:
    return " ".join(f"zeta{number}x" for number in sorted(numbers))


def so_far(exchange: Exchange, spoken: set[int], asked: str) -> SoFar:
    """What was shown in it; `spoken` are the documents that the turns before speak of."""
    evidence = tuple(
        replace(
            quote_of(DOCUMENTS[number], f"Then zeta{number}x was denied.", speaker=f"speaker zeta{number}x"),
            words=(words(spoken),) if exchange.understood else (),
        )
        for number in exchange.quotes
    )
    question = f"understood as {words(spoken)}" if exchange.understood else asked
    shown = SoFar(asked)
    if exchange.understood:
        shown = shown.after(Understood(question))
    everything = words(spoken | set(exchange.quotes)) if exchange.understood else words(exchange.quotes)
    compared = EvidenceCompared(
        (tuple(range(1, len(evidence) + 1)),) if len(evidence) > 1 else (),
        tuple(
            Disagreement("disagreeing", (one, one + 1), (words(exchange.quotes[one - 1 : one]), "x"))
            for one in range(1, len(evidence))
        ),
        (Group(f"side {everything}", tuple(range(1, len(evidence) + 1))),) if evidence else (),
    )
    sentences = tuple(sentence(each, exchange.quotes, evidence) for each in exchange.cited)
    dropped = (Dropped(f"refused {everything}", everything),)
    events: tuple[Event, ...] = (EvidenceFound(evidence), compared)
    for event in (*events, *map(SentenceWritten, sentences), *map(SentenceDropped, dropped)):
        shown = shown.after(event)
    if exchange.stopped:
        return shown
    whole = Answer(
        question=question,
        status="answered" if evidence else "abstained",
        sentences=sentences,
        evidence=evidence,
        related=tuple(passage(DOCUMENTS[number]) for number in exchange.related),
        points=compared.points,
        disagreements=compared.disagreements,
        groups=compared.groups,
        dropped=dropped,
        trace=TRACE,
        outside=left_out(exchange.left),
    )
    return shown.after(Answered(whole))


def left_out(numbers: tuple[int, ...]) -> Outside | None:
    """What a choice left out, where it left out anything."""
    publishers = tuple(f"publisher zeta{number}x" for number in numbers)
    ids = frozenset(DOCUMENTS[number].id for number in numbers)
    return Outside(len(numbers), publishers=publishers, ids=ids) if numbers else None


def sentence(cited: tuple[int, ...], quotes: tuple[int, ...], evidence: tuple[Evidence, ...]) -> Sentence:
    """A sentence of the words of what it cites; of all quotes where it cites none."""
    said = words({quotes[number - 1] for number in cited} or set(quotes))
    support = "supported" if cited else "unsupported"
    return Sentence(f"It says {said}.", tuple(citation(number, evidence) for number in cited), support)  # type: ignore[arg-type]


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    numbers = st.integers(0, len(DOCUMENTS) - 1)
    quotes = tuple(draw(st.lists(numbers, max_size=4)))
    some = st.lists(st.integers(1, len(quotes)), max_size=3, unique=True).map(tuple) if quotes else st.just(())
    cited = tuple(draw(st.lists(some, min_size=1, max_size=4))) if quotes else ()
    related = tuple(draw(st.lists(numbers, max_size=2)))
    left = tuple(draw(st.lists(numbers, max_size=2)))
    return Exchange(quotes, cited, related, draw(st.booleans()), bool(quotes) and draw(st.booleans()), left)


class Held:
    """A conversation kept turn by turn, as the API keeps it."""

    def __init__(self) -> None:
        self.room = Newsroom(also=DOCUMENTS)
        self.conversations = Records.in_memory().conversations
        self.conversing = Conversing(self.room, self.conversations)
        self.id = NEW
        self.originals: list[SoFar] = []

    def add(self, question: str, shown: SoFar) -> None:
        talk = asyncio.run(self.conversing.open(CALLER, self.id))
        assert talk.keep(Question(question), shown, ())
        self.conversing.close(talk)
        self.id = talk.id
        self.originals.append(shown)

    def shown(self, principal: Principal = READER) -> tuple[ShownTurn, ...]:
        held = self.conversations.find(READER.name, "", self.id)
        return kept.shown(held.turns, partial(self.room.readable, principal)) if held else ()


def told(turns: tuple[ShownTurn, ...]) -> str:
    """Everything that leaves the server for these turns, or goes on to a model or to the feedback."""
    verdicts = [judging.feedback(READER, turns, each.turn.id, "down") for each in turns]
    said = [json.dumps(each.answer.model_dump(mode="json")) for each in turns]
    return "\n".join([*said, repr(kept.earlier(turns)), repr(verdicts)])


@settings(max_examples=120, deadline=None)
@given(
    st.lists(exchanges(), min_size=1, max_size=5),
    st.sets(st.integers(0, len(DOCUMENTS) - 1)),
)
def test_nothing_of_a_forbidden_document_is_shown_again(exchanged: list[Exchange], revoked: set[int]) -> None:
    """Whichever documents are taken from their reader."""
    held, spoken = Held(), set[int]()
    for number, exchange in enumerate(exchanged):
        held.add(f"question {number}", so_far(exchange, spoken, f"question {number}"))
        spoken |= {*exchange.quotes, *exchange.related}
    held.room.also = tuple(each for number, each in enumerate(DOCUMENTS) if number not in revoked)
    turns = held.shown()
    text = told(turns)
    for number in revoked:
        assert f"zeta{number}x" not in text
        assert DOCUMENTS[number].id not in text
    originals = {f"question {number}": each for number, each in enumerate(held.originals)}
    for turn in turns:
        keeps_its_meaning(turn, originals[turn.turn.question], {DOCUMENTS[number].id for number in revoked})


def keeps_its_meaning(turn: ShownTurn, original: SoFar, forbidden: set[str]) -> None:
    """Numbers point at what they pointed at; and what is readable is all there, unless something beside it is not."""
    answer, evidence = turn.answer, original.evidence
    left = {each.number: each.quote for each in answer.evidence}
    assert left == {
        number: each.quote
        for number, each in enumerate(evidence, start=1)
        if each.attribution.document_id not in forbidden
    }
    assert turn.removed or not original.documents & forbidden
    assert original.is_understood or turn.removed is bool(original.documents & forbidden)
    assert all(set(each.citations) <= left.keys() for each in answer.sentences)
    assert all(len(point) > 1 and set(point) <= left.keys() for point in answer.points)
    assert all(set(each.evidence) <= left.keys() for each in answer.disagreements)
    if not turn.removed:
        assert [each.text for each in answer.sentences] == [each.text for each in original.sentences]
        assert len(answer.dropped) == len(original.dropped)
        assert (answer.trace is None) is answer.stopped
        assert all(each.why for each in answer.evidence)
        assert (answer.outside is None) is (not original.left_out or bool(original.left_out & forbidden))
    cited = [each for each in original.sentences if each.citations]
    readable = [each for each in cited if {one.number for one in each.citations} <= left.keys()]
    assert [each.text for each in answer.sentences if each.citations] == [each.text for each in readable]


# Case by case, on answers written out.


def whole(answer: Answer) -> SoFar:
    return SoFar(answer.question).after(Answered(answer))


def one_kept(answer: Answer = CONDITIONS_ANSWER) -> Held:
    held = Held()
    held.add("What does he want?", whole(answer))
    return held


@pytest.mark.parametrize("answer", [CONDITIONS_ANSWER, WRITTEN_ANSWER, ABSTENTION])
def test_what_may_be_read_is_shown_as_it_was_answered(answer: Answer) -> None:
    [turn] = one_kept(answer).shown()
    shown = turn.answer.model_dump(mode="json")
    original = whole(answer).json()
    assert original
    assert {name: shown[name] for name in ("sentences", "points", "disagreements", "dropped", "groups", "trace")} == {
        name: json.loads(json.dumps(original[name]))
        for name in ("sentences", "points", "disagreements", "dropped", "groups", "trace")
    }
    assert [each | {"changed": False} for each in original["evidence"]] == shown["evidence"]  # type: ignore[attr-defined]
    assert not turn.removed
    assert not turn.answer.stopped


def test_a_later_question_is_shown_as_it_was_asked_once_what_it_leaned_on_is_gone() -> None:
    secret = so_far(Exchange((0,), ((1,),), (), understood=False, stopped=False), set(), "first")
    leaning = so_far(Exchange((1,), ((1,),), (), understood=True, stopped=False), {0}, "and then?")
    plain = so_far(Exchange((2,), ((1,),), (), understood=False, stopped=False), set(), "third")
    held = Held()
    for question, each in (("first", secret), ("and then?", leaning), ("third", plain)):
        held.add(question, each)
    assert [turn.answer.question for turn in held.shown()] == ["first", "understood as zeta0x", "third"]
    assert held.shown()[1].answer.groups
    held.room.also = DOCUMENTS[1:]
    first, second, third = held.shown()
    assert (first.answer.evidence, first.answer.sentences, first.removed) == ((), (), True)
    assert (second.answer.question, second.answer.groups, second.removed) == ("and then?", (), True)
    assert not third.removed
    assert len(second.answer.sentences) == len(third.answer.sentences) == 1
    assert [turn.question for turn in kept.earlier(held.shown())] == ["first", "and then?", "third"]


def test_that_holds_where_the_turn_it_leaned_on_is_no_longer_kept() -> None:
    held = Held()
    held.add("first", so_far(Exchange((0,), ((1,),), (), understood=False, stopped=False), set(), "first"))
    held.add("then?", so_far(Exchange((1,), ((1,),), (), understood=True, stopped=False), {0}, "then?"))
    held.add("last?", so_far(Exchange((2,), ((1,),), (), understood=True, stopped=False), {0, 1}, "last?"))
    held.room.also = DOCUMENTS[1:]
    found = held.conversations.find(READER.name, "", held.id)
    assert found is not None
    left = kept.shown(found.turns[1:], partial(held.room.readable, READER))
    assert [turn.answer.question for turn in left] == ["then?", "last?"]


def test_the_numbers_of_what_is_left_stay() -> None:
    held = one_kept()
    stranger = replace(READER, readers=frozenset({"public"}))
    [turn] = held.shown(stranger)
    assert not turn.removed, "the newsroom's own documents are public"
    gone = {CONDITIONS_ANSWER.evidence[1].attribution.document_id}
    [turn] = kept.shown([turn.turn], lambda ids: ids - gone)
    assert [each.number for each in turn.answer.evidence] == [1, 3, 5]
    assert [each.citations for each in turn.answer.sentences] == [(3,), (1,), (5,)]
    assert turn.answer.points == ((3, 1),)
    assert [each.evidence for each in turn.answer.disagreements] == [(3, 1)]
    assert turn.answer.trace is None


def test_a_quote_whose_document_has_changed_is_marked() -> None:
    [turn] = one_kept().shown()
    texts = {each.document: f"{' ' * each.start}{each.quote}" for each in turn.answer.evidence}
    changed = turn.answer.evidence[0].document
    marked = kept.marked(turn.answer, (texts | {changed: "Something else."}).get)
    assert marked.evidence[0].changed
    assert not marked.evidence[4].changed
    [abstained] = one_kept(ABSTENTION).shown()
    assert all(each.changed for each in kept.marked(abstained.answer, lambda id: None).related)


def test_links_lead_only_where_they_may_lead_now() -> None:
    linking = replace(PROSE_ANSWER.sentences[0], text="See [the minutes](https://minutes.example/9).")
    [turn] = one_kept(replace(PROSE_ANSWER, sentences=(linking, *CONDITIONS_ANSWER.sentences))).shown()
    for hosts, led in (((), None), (("minutes.example",), "https://minutes.example/9")):
        [sentence, *quoted] = kept.linked(turn.answer, hosts).sentences
        assert [run.href for run in sentence.runs if run.text == "the minutes"] == ([led] if led else [])
        assert [run.href for run in sentence.runs if run.href] == ([led] if led else [])
        assert [[run.text for run in each.runs] for each in quoted] == [[each.text] for each in quoted]


def test_a_turn_that_this_version_cannot_read_is_left_out() -> None:
    [turn] = one_kept().shown()
    assert kept.shown([replace(turn.turn, answer='{"answer": {"status": "pondered"}}')], lambda ids: ids) == ()


def test_what_this_version_does_not_know_is_not_shown() -> None:
    [turn] = one_kept().shown()
    later = json.loads(turn.turn.answer)
    later["answer"]["summary"] = "words of some document"
    later["answer"]["evidence"][0]["translation"] = "words of some document"
    [again] = kept.shown([replace(turn.turn, answer=json.dumps(later))], lambda ids: ids)
    assert "words of some document" not in told((again,))


def test_an_answer_of_which_nothing_was_shown_is_not_kept() -> None:
    held = Held()
    talk = asyncio.run(held.conversing.open(CALLER, NEW))
    assert not talk.keep(Question("q"), SoFar("q").after(Understood("What then?")), ())
    assert held.conversations.list(READER.name, "", limit=1) == ()


def test_only_the_newest_turns_become_history() -> None:
    held = Held()
    for number in range(12):
        held.add(
            f"q{number}", so_far(Exchange((0,), ((1,),), (), understood=False, stopped=False), set(), f"q{number}")
        )
    talk = asyncio.run(held.conversing.open(CALLER, held.id))
    assert [turn.question for turn in talk.history] == [f"q{number}" for number in range(2, 12)]
    assert {turn.answer for turn in talk.history} == {"It says zeta0x."}
