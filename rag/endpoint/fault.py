"""What can go wrong with one request to a language model, in words for a reader, and whether to try again."""

from __future__ import annotations

from collections.abc import Mapping

from rag.endpoint.backoff import retry_after

TOO_LONG = "writes without end and was stopped; use another model"
NOT_THE_PROTOCOL = "answers with something that is not OpenAI's protocol; correct its address, or use another server"
WEB_PAGE = "answers with a web page; correct its address, which usually ends in /v1"
BROKE_OFF = "broke off in the middle of its answer; ask again"
NO_ANSWER = "broke the connection off before it answered; look at its log"
REPORTS = "reports an error instead of an answer; look at its log"
NOTHING = "answers with nothing; ask again, or use another model"
FILTERED = "was stopped by its content filter; ask in other words"
UNREACHABLE = "cannot be reached; start it, or correct its address"
UNTRUSTED = "shows a certificate that is not trusted; correct its address, or have the certificate trusted"
NO_ADDRESS = "cannot be asked, because that is no address; correct its address"
NO_KEY = "has a key with characters that no key holds; correct it"
CLOSED = "is not used any more; start again"

_QUOTA_CODES = ("insufficient_quota", "billing_hard_limit_reached")
_CONTEXT_CODES = ("context_length_exceeded", "exceed_context_size_error")


class Fault(Exception):
    """One request came to nothing. `reason` continues "the model X at Y …" with the fact and the remedy.

    `passing`: the same request may succeed a moment later. `after` is how many seconds the server asks to wait before
    that. `server`: it speaks against the server, rather than against this one question or this side.
    """

    def __init__(self, reason: str, *, passing: bool = False, after: float | None = None, server: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing
        self.after = after
        self.server = server


def seconds(number: float) -> str:
    """A span of time in words.

    >>> seconds(1), seconds(2.5)
    ('1 second', '2.5 seconds')
    """
    return f"{number:g} second" + ("" if number == 1 else "s")


def refusal(status: int, body: object, headers: Mapping[str, str]) -> Fault:
    """What an answer with a status outside 200 to 299 means. Nothing of its body is repeated: it may hold the key."""
    code = _code(body)
    if status == 429 and code in _QUOTA_CODES:
        return Fault("has no quota left; see to its account, or use another model")
    if status == 429:
        after = retry_after(headers)
        wait = "try again later" if after is None else f"ask again in {seconds(max(1, round(after)))}"
        return Fault(f"asks to slow down; {wait}", passing=_may_retry(headers), after=after)
    if status in (408, 409) or status >= 500:
        reason = f"answers with the error {status}; look at its log"
        return Fault(reason, passing=_may_retry(headers), after=retry_after(headers))
    return _lasting(status, code)


def _lasting(status: int, code: str) -> Fault:
    if status < 400:
        return Fault("sends on to another address, which is not followed; set the address it now has")
    if status in (401, 403):
        return Fault("refuses the key; correct it")
    if status == 404:
        return Fault("is not known there; correct the model's name, or its address, which usually ends in /v1")
    if status == 413 or code in _CONTEXT_CODES:
        return Fault("cannot read so much at once; give it less context", server=False)
    return Fault(f"refuses the request with the error {status}; look at its log", server=False)


def _code(body: object) -> str:
    """The `code` or `type` of an error as OpenAI writes it; the client has unwrapped the outer `error`."""
    if not isinstance(body, dict):
        return ""
    return next((value for key in ("code", "type") if isinstance(value := body.get(key), str)), "")


def _may_retry(headers: Mapping[str, str]) -> bool:
    """OpenAI says with this header where trying again is no use."""
    return headers.get("x-should-retry") != "false"
