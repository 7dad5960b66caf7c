"""What can go wrong between a file and a passage.

OnRecordError
├── InvalidDocument       a document breaks a rule of the corpus
├── Refused               one file or feed line cannot be taken in; the rest goes on
├── LibraryError          the library cannot be opened or written
│   ├── LibraryBusy       another process is writing (exit code 4)
│   └── EmbedderChanged   the library's vectors come from another embedder
├── EmbedderUnavailable   the embedding endpoint cannot be reached or answers wrongly
└── TokensUnavailable     the table that texts are counted in tokens by is missing or damaged

Every message is one sentence: the fact, then the remedy.
"""


class OnRecordError(Exception):
    """Anything that a person can act on; the command prints it as it stands."""


class InvalidDocument(OnRecordError):
    """A document without text, uri or readers."""


class Refused(OnRecordError):
    """This file or line cannot be taken in. The message says why, without its name: the report carries that."""


class LibraryError(OnRecordError):
    """The library cannot be opened, read or written."""


class LibraryBusy(LibraryError):
    """Another process holds the library's write lock."""


class EmbedderChanged(LibraryError):
    """The library was embedded by another embedder than the one configured."""


class EmbedderUnavailable(OnRecordError):
    """The embedding endpoint does not answer, or answers with something that is not embeddings."""


class TokensUnavailable(OnRecordError):
    """The table of tokens is not where its package keeps it, or not as published."""
