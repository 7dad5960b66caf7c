"""Words in quotation marks that no quote has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from rag.checking.finding import Mismatch, missing
from rag.checking.saying import Case

_QUOTED = re.compile(
    r"[“„]([^“”„]+)[”“]|«([^«»]+)»|\"([^\"]+)\"|(?<![\w’'])‘([^‘]+?)’(?![^\W_])|(?<![\w’'])'([^']+?)'(?!\w)|``(.+?)''"
)
_LEFT_OUT = re.compile(r"\s*(?:\[[^\]]*\]|\(\s*\.\.\.\s*\)|…|\.\s?\.\s?\.)\s*")
_FOLDED = str.maketrans(dict.fromkeys("“”„«»\"‘’'`‛", "") | dict.fromkeys("–—‐‑−", "-"))


def quotations_not_borne_out(case: Case) -> Iterator[Mismatch]:
    """What the claim puts in quotation marks and no quote, nor any title, has word for word.

    The style of marks, capitals, and what the claim openly leaves out or puts in brackets make no difference. Titles
    and questions in quotation marks are nobody's words.
    """
    texts = [_plain(ground.quote) for ground in case.grounds] + [_plain(each.title or "") for each in case.grounds]
    for match in _QUOTED.finditer(case.claim.text):
        words = next(filter(None, match.groups()), "")
        if _is_title(words) or words.endswith("?"):
            continue
        pieces = [_plain(piece).strip(" .,;:!?-") for piece in _LEFT_OUT.split(words)]
        if not any(all(_holds(text, piece) for piece in pieces) for text in texts):
            yield missing("quotation", words, f"no quote has the words “{words}”")


def _is_title(words: str) -> bool:
    """Whether the words are the name of a work or a body, which is checked as a name."""
    long = [word for word in re.findall(r"[^\W\d_]+", words) if len(word) > 3]
    return len(long) > 1 and all(word[0].isupper() for word in long)


@lru_cache(maxsize=2_000)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_FOLDED).casefold()
    return " ".join(folded.split())


def _holds(text: str, piece: str) -> bool:
    return not piece or re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", text) is not None
