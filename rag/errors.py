"""What can go wrong between a question and its answer.

OnRecordError (index.errors)
├── InvalidSettings    a setting is unknown or its value cannot be used (exit code 2)
├── InvalidQuestion    the question is empty or too long (exit code 2)
├── LocalModelError    a model of this machine cannot be found, fetched or started (exit code 2)
└── ModelUnavailable   the language model cannot be reached, is too slow or answers wrongly
"""

from index.errors import OnRecordError


class InvalidSettings(OnRecordError):
    """A setting is unknown, or its value cannot be used."""


class InvalidQuestion(OnRecordError):
    """The question is empty or longer than the limit."""


class LocalModelError(OnRecordError):
    """A model of this machine cannot be found, fetched, checked or started."""


class ModelUnavailable(OnRecordError):
    """The language model does not answer in time, or answers with something that is no answer.

    Never the end of an answer: the reader keeps the evidence and is told this sentence.
    """
