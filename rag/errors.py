"""What can go wrong between a question and its answer.

OnRecordError (index.errors)
├── InvalidSettings    a setting is unknown or its value cannot be used (exit code 2)
└── InvalidQuestion    the question is empty or too long (exit code 2)
"""

from index.errors import OnRecordError


class InvalidSettings(OnRecordError):
    """A setting is unknown, or its value cannot be used."""


class InvalidQuestion(OnRecordError):
    """The question is empty or longer than the limit."""
