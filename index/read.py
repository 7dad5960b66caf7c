"""Reading: from a folder, a file or a feed to documents with exact text and honest attribution.

`walk` finds what there is to read and says of each thing whether it changed; `Reader.read` makes it a document.
"""

from __future__ import annotations

from types import TracebackType

from index import files
from index.attribution import claims_of
from index.candidate import LIMITS, READING, Candidate, Limits, Refusal, fingerprint
from index.content import Content
from index.decode import OLD_OFFICE, PDF, ZIP, decode, is_web_page, kind_of
from index.document import Document
from index.errors import Refused
from index.frontmatter import parted
from index.isolate import Isolated
from index.normalise import normalise, normalised
from index.walk import KINDS, walk

__all__ = ["READING", "Candidate", "Limits", "Reader", "Refusal", "walk"]


class Reader:
    """Makes documents of candidates; a context manager, since parsing happens in a process that it owns.

    It is for one thread at a time. Plain text and feeds are read here; web pages, PDF, Word and Markdown are parsed
    over there, where no file can do harm.
    """

    def __init__(self, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._isolated = Isolated(limits)

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._isolated.close()

    def read(self, candidate: Candidate) -> Document:
        """The document of `candidate`; its `content_hash` is the candidate's fingerprint.

        Raises Refused, with the reason only, if it cannot be taken in.
        """
        line = candidate.line
        content = Content(line.text, line.claims) if line else self._content(candidate)
        text, pages = normalised(content.text, content.pages) if content.pages else (normalise(content.text), ())
        if not text:
            raise Refused("it holds nothing that can be seen; leave it out or fill it")
        if len(text) > self._limits.characters:
            raise Refused(
                f"its text has {len(text):,} characters, and {self._limits.characters:,} is the limit; split it"
            )
        return _document(candidate, content, text, pages)

    def _content(self, candidate: Candidate) -> Content:
        relative = candidate.path.relative_to(candidate.root)
        data = files.read(candidate.root, relative, self._limits.file_bytes)
        if fingerprint(data, candidate.readers, candidate.row, candidate.collection) != candidate.fingerprint:
            raise Refused("it changed while it was being read; sync again")
        suffix = relative.suffix.lower()
        kind = KINDS[suffix]
        _check_type(data, kind, suffix)
        if kind == "text":
            return Content(decode(data))
        if kind == "Markdown":
            return self._markdown(data)
        return self._isolated.parse(kind, data)

    def _markdown(self, data: bytes) -> Content:
        front = parted(decode(data))
        body = self._isolated.parse("Markdown", front.body.encode("utf-8", "replace"))
        return Content(body.text, front.claims.over(body.claims))


def _document(candidate: Candidate, content: Content, text: str, pages: tuple[int, ...]) -> Document:
    """`sources.csv` goes over what the format says of the file, and that over what the text says of itself."""
    claims = candidate.row.over(content.claims).over(claims_of(text))
    readers = claims.readers or candidate.readers
    if not readers:
        raise Refused("it does not say who may read it; say so with --readers, for instance --readers public")
    return Document(
        uri=candidate.uri,
        text=text,
        content_hash=candidate.fingerprint,
        readers=readers,
        title=claims.title,
        publisher=claims.publisher,
        author=claims.author,
        published=claims.published,
        language=claims.language,
        collection=claims.collection or candidate.collection,
        pages=pages,
    )


def _check_type(data: bytes, kind: str, suffix: str) -> None:
    """Refuse a file that its first bytes show to be something else than its name says."""
    if not data:
        raise Refused("it is empty; leave it out or fill it")
    found = kind_of(data)
    if kind == "Word" and found == OLD_OFFICE:
        raise Refused("it is encrypted or in Word's old format; save it as .docx without a password")
    if kind == "PDF" and b"%PDF-" in data[:1024]:
        found = PDF
    expected = {"PDF": PDF, "Word": ZIP}.get(kind)
    if kind in ("text", "Markdown") and found is None and is_web_page(data):
        found = "a web page"
    if found != expected:
        is_really = found or ("no PDF" if kind == "PDF" else "no Word file")
        raise Refused(f"it is named {suffix} but is {is_really}; give it its right name")
