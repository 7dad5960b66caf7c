"""What was asked before, as a caller tells it: from the JSON of `history` to the turns of a conversation."""

from __future__ import annotations

from rag.conversation import Turn
from rag.errors import InvalidQuestion
from rag.question import LONGEST_QUESTION

KEPT = 10
"""Turns that a question is understood from; those before them are forgotten."""
LONGEST_ANSWER = 2_000
"""Characters of an earlier answer that are kept."""
FORMS = 'a question as text, {"question", "answer"}, or {"role", "content"}'


def turns(value: object) -> tuple[Turn, ...]:
    """The turns before a question, oldest first, from a list whose items are each one of FORMS.

    Of messages by role, `assistant` answers the `user` before it. None is no history. Raises InvalidQuestion, which
    names the item, for anything else.
    """
    if value is None:
        return ()
    if not isinstance(value, list):
        raise InvalidQuestion("history is no list; give the earlier turns as a list, oldest first")
    told: list[Turn] = []
    for number, item in enumerate(value):
        if isinstance(item, dict) and set(item) == {"role", "content"} and item["role"] == "assistant":
            told.append(_answered(told, _text(item["content"], f"history[{number}].content"), number))
        else:
            told.append(_turn(item, number))
    return bounded(told)


def bounded(told: list[Turn]) -> tuple[Turn, ...]:
    """The newest of these turns, each cut to what a question is understood from."""
    return tuple(Turn(turn.question[:LONGEST_QUESTION], turn.answer[:LONGEST_ANSWER]) for turn in told[-KEPT:])


def _answered(told: list[Turn], answer: str, number: int) -> Turn:
    """The last question with this answer to it, taken out of `told`; a second answer continues the first."""
    if not told:
        raise InvalidQuestion(f"history[{number}] answers nothing; begin with what the user asked")
    asked = told.pop()
    return Turn(asked.question, "\n".join(filter(None, (asked.answer, answer))))


def _turn(item: object, number: int) -> Turn:
    name = f"history[{number}]"
    if isinstance(item, str):
        return Turn(_question(item, name))
    if not isinstance(item, dict):
        raise InvalidQuestion(f"{name} is no turn; write each as {FORMS}")
    if set(item) == {"role", "content"}:
        if item["role"] != "user":
            raise InvalidQuestion(f"{name}.role is {item['role']!r}; a role is 'user' or 'assistant'")
        return Turn(_question(item["content"], f"{name}.content"))
    if unknown := sorted(item.keys() - {"question", "answer"}):
        raise InvalidQuestion(f"{name} has a field {unknown[0]!r} that no turn has; write each as {FORMS}")
    if "question" not in item:
        raise InvalidQuestion(f"{name} has no question; write each as {FORMS}")
    question, answer = item["question"], item.get("answer")
    return Turn(_question(question, f"{name}.question"), "" if answer is None else _text(answer, f"{name}.answer"))


def _question(value: object, name: str) -> str:
    question = _text(value, name)
    if not question.strip():
        raise InvalidQuestion(f"{name} is empty; leave the turn out, or give what was asked")
    return question


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidQuestion(f"{name} is no text; give it as text")
    return value
