"""A request that does not pass, and how that is told: as JSON to programs, as one line of text on a page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from starlette.responses import Response

from ui.compatible.error import error_json
from ui.limiting.turned_away import TurnedAway
from ui.told import Told, ToldAsText

_COMPATIBLE = re.compile(r"/v1(?:/.*)?", re.DOTALL)
_FOR_PROGRAMS = re.compile(r"/(?:api|mcp|embed)(?:/.*)?", re.DOTALL)


class Refused(Exception):
    """The request is not let through: a status, one sentence (the fact, then the remedy) and further headers."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = dict(headers or {})

    @staticmethod
    def turned_away(error: TurnedAway) -> Refused:
        """The refusal of a question too many, with when to ask again."""
        return Refused(error.status, str(error), {"retry-after": str(error.seconds)})

    def response(self, path: str) -> Response:
        """What somebody who asked for `path` is sent."""
        if self.status == 303:
            return Response(status_code=303, headers=self.headers)
        return told(path, self.status, str(self), self.headers)


def told(path: str, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """A sentence in the form that whoever asked for `path` reads: {"error": sentence} for programs, or what OpenAI's
    clients read where they ask."""
    if _COMPATIBLE.fullmatch(path):
        return Response(json.dumps(error_json(status, sentence)), status, headers, "application/json")
    if _FOR_PROGRAMS.fullmatch(path):
        return Told({"error": sentence}, status, headers)
    return ToldAsText(sentence, status, headers)
