"""Web pages: the article without what surrounds it, and only what the page's metadata really say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from index.claims import NOTHING, Claims
from index.errors import Refused
from index.normalise import normalise
from index.webpage import parse

CORPUS = Path(__file__).parent / "corpus"
PROSE = "The harbour will close on Monday for six weeks of repairs, the council said after its meeting. " * 4


def page(head: str = "", body: str = "", lang: str = "") -> bytes:
    attribute = f" lang={lang!r}" if lang else ""
    return f"<html{attribute}><head>{head}</head><body><article><p>{PROSE}</p>{body}</article></body></html>".encode()


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def text_of(data: bytes) -> str:
    return normalise(parse(data).text)


def test_an_article_whole() -> None:
    content = parse((CORPUS / "article.html").read_bytes())
    assert normalise(content.text) == (
        "Harbour to close for repairs\n\n"
        "The harbour will close on Monday for six weeks of repairs, the council said, and all ferries will sail from "
        "the northern quay.\n\n"
        "What changes\n\n"
        "- Ferries leave ten minutes later.\n- Parking is free until the end of August.\n\n"
        "Line | Quay\nIsland | North 2\n\n"
        "Fares were to rise by five percent.\n\n"
        "We have waited for this for years, said the harbour master."
    )
    assert content.claims == Claims(
        title="Harbour to close for repairs",
        publisher="The Coast Paper",
        author="Jane Doe",
        published=date(2024, 7, 3),
        language="en-GB",
    )


@pytest.mark.parametrize(
    "body",
    [
        "<nav><a href='/'>Menu entry</a></nav>",
        "<p style='display:none'>Hidden order to the reader of this page.</p>",
        "<!-- Hidden order to the reader of this page. -->",
        "<script>Hidden order to the reader of this page.</script>",
        "<style>Hidden order to the reader of this page.</style>",
        "<noscript>Hidden order to the reader of this page.</noscript>",
        "<div class='comments'><p>A reader's comment on the article above.</p></div>",
    ],
)
def test_what_people_do_not_read_as_the_article_is_left_out(body: str) -> None:
    assert text_of(page(body=body)) == PROSE.strip()


def test_lists_tables_breaks_and_quotes_keep_their_lines() -> None:
    body = (
        "<ul><li>One<ul><li>Two</li></ul></li><li><p>Three</p><p>and more</p></li></ul>"
        "<table><tr><th>a</th><th>b</th></tr><tr><td><p>1</p><p>one</p></td><td>2</td></tr></table>"
        "<p>First line<br>second line</p><pre>code  a\n  code b</pre>"
    )
    assert text_of(page(body=body)).removeprefix(PROSE.strip()) == (
        "\n\n- One\n- Two\n- Three\nand more\n\na | b\n1 one | 2\n\nFirst line\nsecond line\n\ncode a\ncode b"
    )


def test_a_short_page_is_read_without_its_menu() -> None:
    body = "<nav><a href=a>Staff</a> <a href=b>IT</a></nav><main><h1>Leave</h1><p>You get 30 days.</p></main>"
    assert text_of(f"<html><body>{body}<footer>ACME</footer></body></html>".encode()) == "Leave\n\nYou get 30 days."


def test_a_short_page_of_odd_parts_is_read_whole_rather_than_halved() -> None:
    body = "<article><h1>Notice</h1><p>Read this.</p><div>The lift is <b>out of order</b> until Friday.</div></article>"
    assert "out of order" in text_of(f"<html><body>{body}</body></html>".encode())


def test_a_fragment_is_a_page() -> None:
    assert text_of(b"<h1>Leave</h1><p>You get 30 days of leave.</p>").endswith("You get 30 days of leave.")


@pytest.mark.parametrize(
    "data", [b"<html></html>", b"<html><body><script>x</script></body></html>", b"<html><body> </body>"]
)
def test_a_page_without_text_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        parse(data)


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ("<meta charset='windows-1251'>", "windows-1251"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=koi8-r'>", "koi8-r"),
        ("", "utf-8"),
        ("<meta charset='utf-8'>", "utf-8-sig"),
        ("", "utf-16"),
        ("<meta charset='no-such-set'>", "utf-8"),
        ("<meta charset='utf-8'>", "windows-1252"),
    ],
)
def test_the_declared_character_set_counts(declaration: str, encoding: str) -> None:
    said = "café" if encoding == "windows-1252" else "Переговоры завершились."
    source = f"<html><head>{declaration}</head><body><article><p>{PROSE}</p><p>{said}</p></article></body></html>"
    assert said in text_of(source.encode(encoding))


@pytest.mark.parametrize("declaration", [b"", b"<meta charset='utf-8'>", b"<meta charset='no-such-set'>"])
def test_a_few_broken_bytes_are_forgiven_and_many_are_not(declaration: bytes) -> None:
    start = b"<html><head>" + declaration + b"</head><body><article><p>\xd0\x9f\xd0\xb5\xd1\x80 " + PROSE.encode()
    assert "Пер" in text_of(start + b"One \xff\x81 here.</p></article></body></html>")
    with pytest.raises(Refused, match="save it as UTF-8"):
        parse(start + b"Many \xff\x81" * 20 + b" here.</p></article></body></html>")


def test_xml_and_entities_are_not_expanded() -> None:
    source = (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><article>"
        f"<p>{PROSE}</p><p>x &a; &b; y</p></article></body></html>"
    )
    for data in (source.encode(), b"\xef\xbb\xbf" + source.encode()):
        text = text_of(data)
        assert text.startswith("The harbour")
        assert "aaaa" not in text
        assert "root:" not in text


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2024-07-03T10:00:00Z'>",
        "<meta name='date' content='2024-07-03'>",
        "<meta name='DC.date.issued' content='2024-07-03'>",
        "<meta itemprop='datePublished' content='2024-07-03'>",
        "<meta name='pubdate' content='Wed, 03 Jul 2024 10:00:00 GMT'>",
        linked({"@type": "NewsArticle", "datePublished": "2024-07-03T10:00:00+02:00"}),
        linked([{"@type": "BreadcrumbList"}, {"@type": ["Thing", "Article"], "datePublished": "2024-07-03"}]),
        linked(
            {
                "@graph": [
                    {"@type": "WebPage", "datePublished": "2020-01-01"},
                    {"@type": "Article", "datePublished": "2024-07-03"},
                ]
            }
        ),
    ],
)
def test_a_date_in_the_metadata_is_the_date(head: str) -> None:
    assert parse(page(head)).claims.published == date(2024, 7, 3)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<p>3 July 2024</p>"),
        ("<meta property='article:modified_time' content='2024-07-03'>", ""),
        ("<link rel='canonical' href='https://example.org/2024/07/03/harbour'>", ""),
        ("<meta name='copyright' content='2024'>", "<footer>© 2024-07-03</footer>"),
        (linked({"@type": "Comment", "datePublished": "2024-07-03"}), ""),
        (linked({"@type": "ItemList", "itemListElement": [{"@type": "Article", "datePublished": "2024-07-03"}]}), ""),
        (linked({"@type": "Event", "startDate": "2024-07-03"}), ""),
        ("<meta name='date' content='03/07/2024'>", ""),
        ("", "<time datetime='2024-07-03'>a</time> and <time datetime='2024-08-01'>b</time>"),
        ("<script type='application/ld+json'>{broken</script>", ""),
        ("<script type='application/ld+json'>" + "[" * 9_999 + "</script>", ""),
    ],
)
def test_no_date_is_guessed(head: str, body: str) -> None:
    assert parse(page(head, body)).claims.published is None


@pytest.mark.parametrize(
    "body",
    [
        "<time datetime='2024-07-03T09:00'>today</time>",
        "<time datetime='2024-07-03'>a</time><time datetime='2024-07-03T12:00:00Z'>b</time>",
        "<time datetime='2024-07-09'>changed</time><time itemprop='datePublished' datetime='2024-07-03'>a</time>",
        "<time class='entry published' datetime='2024-07-03'>a</time><time datetime='2024-07-09'>b</time>",
    ],
)
def test_a_time_element_dates_the_article_where_it_can_mean_nothing_else(body: str) -> None:
    assert parse(page(body=body)).claims.published == date(2024, 7, 3)


@pytest.mark.parametrize(
    ("head", "publisher"),
    [
        ("<meta property='og:site_name' content='The Paper'>", "The Paper"),
        ("<meta name='DC.publisher' content='The Ministry'>", "The Ministry"),
        (linked({"@type": "Article", "publisher": {"@type": "Organization", "name": "The Paper"}}), "The Paper"),
        (
            linked({"@graph": [{"@type": "Article", "publisher": {"@id": "#p"}}, {"@id": "#p", "name": "The Paper"}]}),
            "The Paper",
        ),
        ("<meta property='article:publisher' content='https://facebook.com/thepaper'>", None),
        ("<link rel='canonical' href='https://www.thepaper.example/a'>", None),
        ("<title>Harbour closes | The Paper</title>", None),
        ("<meta name='twitter:site' content='@thepaper'>", None),
    ],
)
def test_the_publisher_is_who_the_page_names(head: str, publisher: str | None) -> None:
    assert parse(page(head)).claims.publisher == publisher


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ("<meta name='author' content='Jane Doe'>", "", "Jane Doe"),
        ("<meta property='article:author' content='https://example.org/jane'>", "", None),
        ("", "<a rel='author' href='/jane'>Jane Doe</a>", "Jane Doe"),
        (
            linked({"@type": "Article", "author": [{"name": "Jane Doe"}, {"name": "Max Muster"}]}),
            "",
            "Jane Doe, Max Muster",
        ),
        (linked({"@type": "Article", "author": "Jane Doe"}), "", "Jane Doe"),
        (linked({"@type": "Article", "author": "https://example.org/jane"}), "", None),
        (linked({"@type": "Article", "author": 7}), "", None),
    ],
)
def test_the_author_is_who_the_page_names(head: str, body: str, author: str | None) -> None:
    assert parse(page(head, body)).claims.author == author


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (
            linked({"@type": "Article", "headline": "From the data"}) + "<title>From the tab</title>",
            "<h1>Above</h1>",
            "From the data",
        ),
        (
            "<meta property='og:title' content='From the card'><title>From the tab</title>",
            "<h1>Above</h1>",
            "From the card",
        ),
        ("<title>From the tab</title>", "<h1>Above the <i>text</i></h1>", "Above the text"),
        ("<title>From the tab</title>", "<h1>One</h1><h1>Two</h1>", "From the tab"),
        ("<meta property='og:site_name' content='The Paper'><title>A headline - The Paper</title>", "", "A headline"),
        ("", "", None),
    ],
)
def test_the_title_is_the_headline(head: str, body: str, title: str | None) -> None:
    assert parse(page(head, body)).claims.title == title


def test_the_language_is_the_documents() -> None:
    assert parse(page(lang="de-AT")).claims.language == "de-AT"
    assert parse(page(lang="")).claims.language is None
    assert parse(page(linked({"@type": "Article", "inLanguage": "ru"}))).claims.language == "ru"


def test_a_page_that_says_nothing_of_itself() -> None:
    assert parse(page()).claims == NOTHING
