"""Errors as OpenAI's clients read them: {"error": {"message", "type", "param", "code"}}."""

from __future__ import annotations

_KINDS = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", "forbidden"),
    404: ("invalid_request_error", "not_found"),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    503: ("server_error", "unavailable"),
}
MODEL_NOT_FOUND = "model_not_found"


def error_json(status: int, message: str, code: str | None = None) -> dict[str, object]:
    """The object that tells of `status`; `message` is one sentence, and `code` says more than the status where it can.

    >>> error_json(429, "Ask again.")["error"]
    {'message': 'Ask again.', 'type': 'rate_limit_error', 'param': None, 'code': 'rate_limit_exceeded'}
    """
    kind, usual = _KINDS.get(status, ("server_error" if status >= 500 else "invalid_request_error", None))
    return {"error": {"message": message, "type": kind, "param": None, "code": code or usual}}
