"""Real files of the formats that are read, good and hostile, made where they are needed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import docx
from fpdf import FPDF
from fpdf.enums import AccessPermission

WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(
    paragraphs: Sequence[str],
    *,
    title: str = "",
    author: str = "",
    language: str = "",
    running: tuple[str, str] = ("", ""),
) -> bytes:
    """A PDF with these paragraphs, wrapped and paged; `running` are the head and foot of a page, `{page}` in them."""

    class Paper(FPDF):  # type: ignore[misc]
        def header(self) -> None:
            self.cell(0, 10, running[0].format(page=self.page_no()), new_x="LMARGIN", new_y="NEXT")

        def footer(self) -> None:
            self.set_y(-15)
            self.cell(0, 10, running[1].format(page=self.page_no()))

    paper = Paper()
    paper.set_font("Helvetica", size=11)
    paper.set_title(title)
    paper.set_author(author)
    if language:
        paper.set_lang(language)
    paper.add_page()
    for paragraph in paragraphs:
        paper.multi_cell(0, 5, paragraph)
        paper.ln(3)
    return bytes(paper.output())


def encrypted_pdf(owner: str, user: str | None = None) -> bytes:
    """A PDF that a password protects, from being read if there is a `user`, else from being changed only."""
    paper = FPDF()
    paper.set_font("Helvetica", size=11)
    paper.set_encryption(owner_password=owner, user_password=user, permissions=AccessPermission.none())
    paper.add_page()
    paper.multi_cell(0, 5, "A secret.")
    return bytes(paper.output())


def raw_pdf(content: bytes, *, pages: bytes = b"<</Type/Pages/Kids[3 0 R]/Count 1>>", to_unicode: bytes = b"") -> bytes:
    """A PDF of one page with this content stream, deflated; `pages` is its page tree, and `to_unicode` the table that
    says which characters the bytes of its font are."""
    data = zlib.compress(content, 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        pages,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n" % len(data) + data + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica%s>>" % (b"/ToUnicode 6 0 R" if to_unicode else b""),
        b"<</Length %d>>stream\n" % len(to_unicode) + to_unicode + b"\nendstream",
    )
    out, offsets = io.BytesIO(), list[int]()
    out.write(b"%PDF-1.4\n")
    for number, one in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % number + one + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def word(
    paragraphs: Sequence[str | tuple[str, str]],
    *,
    title: str = "",
    author: str = "",
    rows: Sequence[Sequence[str]] = (),
) -> bytes:
    """A Word file with these paragraphs, each a text or a text and a style, and a table of `rows` behind them."""
    document = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = author or "python-docx"
    for paragraph in paragraphs:
        text, style = paragraph if isinstance(paragraph, tuple) else (paragraph, None)
        document.add_paragraph(text, style)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    return saved(document)


def word_body(body: str) -> bytes:
    """A Word file whose body is this XML."""
    document = docx.Document()
    content = document.part.blob.decode()
    start, end = content.index("<w:body>") + len("<w:body>"), content.rindex("<w:sectPr")
    return with_part(saved(document), "word/document.xml", (content[:start] + body + content[end:]).encode())


def saved(document: object) -> bytes:
    """The bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def with_part(data: bytes, name: str, part: bytes) -> bytes:
    """An archive with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    return zipped({**parts, name: part})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def laughs(encoding: str = "utf-8") -> bytes:
    """A document part whose entities would unfold to a billion words."""
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE l [<!ENTITY a "ha">{entities}]>'
        f'<w:document xmlns:w="{WORD_NAMESPACE}"><w:body><w:p><w:r><w:t>&j;</w:t></w:r></w:p></w:body></w:document>'
    )
    return text.encode(encoding)
