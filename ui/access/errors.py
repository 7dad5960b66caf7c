"""What a request is told that brings no credential, or a bad one."""

from __future__ import annotations


class NotAdmitted(Exception):
    """The request is nobody's: `status` is 400, 401, 403 or 404, and the message one sentence, the fact and the remedy.

    It says which kind of credential was refused and why, and never repeats one.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
