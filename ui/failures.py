"""What whoever asked is told of a failure: a sentence they can act on, or where the server's log has the rest."""

from __future__ import annotations

import logging
import secrets

from index.errors import OnRecordError

_log = logging.getLogger(__name__)


def told(error: Exception) -> str:
    """The sentence of an error that a person can act on; any other goes to the log, and this names its place there."""
    if isinstance(error, OnRecordError):
        return str(error)
    reference = secrets.token_hex(4)
    _log.error("a question failed; reference %s", reference, exc_info=error)
    return f"something went wrong while answering; the server's log has it under {reference}"


def sentence(message: str) -> str:
    """The message as it stands on a page: with a capital and a full stop.

    >>> sentence("the library is gone; put a backup back")
    'The library is gone; put a backup back.'
    """
    message = message.strip().rstrip(".")
    return f"{message[:1].upper()}{message[1:]}."
