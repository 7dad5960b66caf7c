"""A model's sentence in its runs: what is kept of its Markdown, and that nothing else of it is more than text."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.normalise import normalise
from tests.hostile import exfiltrating, payloads
from tests.newsroom import CONDITIONS_ANSWER, WRITTEN_ANSWER
from ui.links import canonical, target
from ui.markup import LONGEST, STYLES, Run, plain, runs, shown

HOSTS = ("wiki.example.org", "Bücher.example", "files.corp:8443")


def words(text: str, *hosts: str) -> str:
    return "".join(run.text for run in runs(text, hosts or HOSTS))


def links(text: str) -> list[str]:
    return [run.href for run in runs(text, HOSTS) if run.href is not None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Plain.", (Run("Plain."),)),
        ("**Yes**, *he* did.", (Run("Yes", ("strong",)), Run(", "), Run("he", ("em",)), Run(" did."))),
        ("__Yes__, _he_ did.", (Run("Yes", ("strong",)), Run(", "), Run("he", ("em",)), Run(" did."))),
        ("***Both***", (Run("Both", ("strong", "em")),)),
        ("*a **b***", (Run("a ", ("em",)), Run("b", ("strong", "em")))),
        ("`a * b` and ``c ` d``", (Run("a * b", ("code",)), Run(" and "), Run("c ` d", ("code",)))),
        ("**`x`**", (Run("x", ("strong", "code")),)),
        ("snake_case_name and 5*3*2", (Run("snake_case_name and 5*3*2"),)),
        ("2 * 3 * 4", (Run("2 * 3 * 4"),)),
        ("他说**重要**的话", (Run("他说"), Run("重要", ("strong",)), Run("的话"))),
        ("**open and *half", (Run("**open and *half"),)),
        ("~~gone~~ and \\*this\\*", (Run("~~gone~~ and \\"), Run("this\\", ("em",)))),
        ("AT&amp;T &lt;b&gt; &#60;script&#62;", (Run("AT&amp;T &lt;b&gt; &#60;script&#62;"),)),
        ("<b>Yes</b> <!-- no -->", (Run("<b>Yes</b> <!-- no -->"),)),
        ("", ()),
    ],
)
def test_emphasis_and_code_are_read_and_all_else_stands(text: str, expected: tuple[Run, ...]) -> None:
    assert runs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("# A heading", "- a list", "1. a list", "> a quote", "| a | b |\n| - | - |\n| 1 | 2 |", "    code", "---"),
        *("```mermaid\ngraph TD\n```", "Setext\n======", "[1]: https://evil.example/?q=1", "![x][1]", "[click][1]"),
        *("[x][1]\n\n[1]: https://wiki.example.org/", "![x][]\n\n[x]: https://wiki.example.org/a.png"),
    ],
)
def test_blocks_and_references_stay_as_they_were_written(text: str) -> None:
    stripped = "".join(run.text for run in runs(text, HOSTS))
    assert re.sub(r"[`]", "", stripped).split() == re.sub(r"[`]", "", text).split()
    assert links(text) == []


def test_an_image_leaves_its_description() -> None:
    assert words("See ![the **map** of [x](https://evil.example/2)](https://evil.example/1.png?q=secret).") == (
        "See the map of x (evil.example)."
    )
    assert links("![x](https://wiki.example.org/a.png)") == []


def test_a_link_to_a_configured_host_is_one_and_its_host_can_be_read() -> None:
    assert runs("See [the **minutes**](https://wiki.example.org/a?b=c#d 'T') now", HOSTS) == (
        Run("See "),
        Run("the ", (), "https://wiki.example.org/a?b=c#d"),
        Run("minutes", ("strong",), "https://wiki.example.org/a?b=c#d"),
        Run(" (wiki.example.org) now"),
    )
    address = "https://wiki.example.org/page"
    assert runs(f"<{address}>", HOSTS) == (Run(address, (), address),)
    assert runs(f"[wiki.example.org]({address})", HOSTS) == (Run("wiki.example.org", (), address),)


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://wiki.example.org", "https://wiki.example.org"),
        ("HTTPS://WIKI.Example.ORG:443/Å b?é=1", "https://wiki.example.org/%C3%85%20b?%C3%A9=1"),
        ("https://ｗｉｋｉ.example.org/", "https://wiki.example.org/"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://BÜCHER.example/x", "https://xn--bcher-kva.example/x"),
        ("https://xn--bcher-kva.example/x", "https://xn--bcher-kva.example/x"),
        ("https://files.corp:8443/x", "https://files.corp:8443/x"),
        ("https://files.corp:08443/x", "https://files.corp:8443/x"),
        ("https://wiki.example.org/?next=https://evil.example", "https://wiki.example.org/?next=https://evil.example"),
        ('https://wiki.example.org/"onmouseover=x', "https://wiki.example.org/%22onmouseover=x"),
        ("https://wiki.example.org/a&#106;b", "https://wiki.example.org/ajb"),
    ],
)
def test_one_host_in_all_its_spellings(address: str, followed: str) -> None:
    assert links(f"[x](<{address}>)") == [followed]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://evil.example/?q=secret", "x (evil.example)"),
        ("http://wiki.example.org/", "x (wiki.example.org)"),
        ("//wiki.example.org/", "x (wiki.example.org)"),
        ("ftp://wiki.example.org/", "x (wiki.example.org)"),
        ("https://wiki.example.org:8443/", "x (wiki.example.org:8443)"),
        ("https://wiki.example.org:0/", "x (wiki.example.org:0)"),
        ("https://wiki.example.org:443:80/", "x (wiki.example.org:443:80)"),
        ("https://wiki.example.org:443@evil.example/", "x (evil.example)"),
        ("https://wiki.example.org@evil.example/", "x (evil.example)"),
        ("https://me:word@wiki.example.org/", "x (wiki.example.org)"),
        ("https://@wiki.example.org/", "x (wiki.example.org)"),
        ("https://wiki.example.org.evil.example/", "x (wiki.example.org.evil.example)"),
        ("https://wiki.example.org./", "x (wiki.example.org.)"),
        ("https://evilwiki.example.org/", "x (evilwiki.example.org)"),
        ("https://sub.wiki.example.org/", "x (sub.wiki.example.org)"),
        ("https://wiki.example.org%2eevil.example/", "x (wiki.example.org%2eevil.example)"),
        ("https://wiki%2eexample.org/", "x (wiki%2eexample.org)"),
        ("https://wiki.example.org\\.evil.example/", "x (wiki.example.org.evil.example)"),
        ("https://wiki.example.org\\@evil.example/", "x (evil.example)"),
        ("https://wiki.example.org\\\\@evil.example/", "x (wiki.example.org)"),
        ("https://wiki.example.org/\\evil", "x (wiki.example.org)"),
        ("https:\\\\wiki.example.org/", "x"),
        ("https:wiki.example.org/", "x"),
        ("https:///wiki.example.org/", "x"),
        ("https:////wiki.example.org/", "x"),
        (" https://wiki.example.org/", "x"),
        ("https://wіki.example.org/", "x (xn--wki-jhd.example.org)"),
        ("https://straße.example/", "x (straße.example)"),
        ("https://[::1]/", "x ([::1])"),
        ("https://2130706433/", "x (2130706433)"),
        ("javascript:window.__x=1", "x"),
        ("jAvAsCrIpT&colon;window.__x=1", "x"),
        ("&#106;avascript:window.__x=1", "x"),
        ("java&#10;script:window.__x=1", "x"),
        ("javascript://wiki.example.org/%0awindow.__x=1", "x (wiki.example.org)"),
        ("data:text/html,&lt;script&gt;", "x"),
        ("vbscript:x", "x"),
        ("file:///etc/passwd", "x"),
        ("blob:https://wiki.example.org/1", "x"),
        ("view-source:https://wiki.example.org/", "x"),
        ("mailto:me@evil.example?body=secret", "x"),
        ("/gradio_api/upload", "x"),
        ("?q=1", "x"),
        ("#quote", "x"),
        ("", "x"),
    ],
)
def test_every_other_address_is_text_with_its_host(address: str, shown: str) -> None:
    text = f"[x](<{address}>)"
    assert links(text) == []
    assert words(text) == shown


def test_what_a_link_says_of_its_host_proves_nothing() -> None:
    assert words("[https://wiki.example.org/](https://evil.example/)") == "https://wiki.example.org/ (evil.example)"
    assert words("[wiki.example.org](https://evil.example/)") == "wiki.example.org (evil.example)"
    assert words("[https://evil.example.org/](https://evil.example/)") == "https://evil.example.org/ (evil.example)"
    assert (
        words("<https://evil.example@wiki.example.org/>") == "https://evil.example@wiki.example.org/ (wiki.example.org)"
    )
    assert words("[](https://evil.example/?q=1)") == "evil.example"


def test_a_link_around_an_image_or_another_link_leads_nowhere_else() -> None:
    text = "[![alt](https://evil.example/a.png)](https://evil.example/b)"
    assert (words(text), links(text)) == ("alt (evil.example)", [])
    nested = "[a <https://evil.example/> b](https://wiki.example.org/)"
    assert links(nested) == ["https://wiki.example.org/", "https://wiki.example.org/"]
    assert words(nested) == "a https://evil.example/ b (wiki.example.org)"


def test_what_nobody_sees_is_left_out() -> None:
    assert words("a\u202eb\u2066c\u200bd\U000e0041e\x00f") == "abcdef"


def test_a_text_too_long_to_be_a_sentence_stands_as_it_is() -> None:
    text = "**a** " * LONGEST
    assert runs(text) == (Run(text.rstrip()),)
    assert all(len(runs((mark * LONGEST)[:LONGEST])) for mark in ("[", "![", "*_", "[a](", "![[](", "<a:"))


def test_a_quote_is_no_markdown() -> None:
    quoted = CONDITIONS_ANSWER.sentences[0]
    assert quoted.support == "quoted"
    assert shown(quoted) == plain(quoted.text) == (Run(quoted.text),)
    written = WRITTEN_ANSWER.sentences[1]
    assert shown(written) == runs(written.text)


@pytest.mark.parametrize("text", [*payloads("https://evil.example"), *exfiltrating("https://evil.example")])
def test_no_hostile_text_links_anywhere(text: str) -> None:
    assert links(text) == []
    assert links(f"**{text}** [{text}]({text}) ![{text}](https://evil.example)") == []


PIECES = st.sampled_from(
    [
        *(
            "*",
            "**",
            "_",
            "__",
            "`",
            "``",
            "[",
            "]",
            "(",
            ")",
            "![",
            "<",
            ">",
            "\\",
            "&amp;",
            "&#106;",
            " ",
            "\n",
            "\t",
        ),
        *(
            "https://wiki.example.org/",
            "https://evil.example/",
            "javascript:",
            "//",
            "@",
            ":8443",
            "#",
            "?q=",
            "a",
            "Ω",
        ),
        *("b1", "](", "](https://evil.example/x)", "](https://wiki.example.org/y)", "[1]: ", "\u202e", "\x00", "é"),
    ]
)
TEXTS = st.lists(PIECES, max_size=24).map("".join) | st.text(max_size=60)
LETTERS = re.compile(r"[^\W_]+")


@given(TEXTS)
@example("[https://wiki.example.org/](https://evil.example/)")
def test_no_run_ever_leads_off_the_list(text: str) -> None:
    for run in runs(text, HOSTS):
        assert run.text
        assert run.style == tuple(style for style in STYLES if style in run.style)
        if run.href is not None:
            parts = urlsplit(run.href)
            assert (parts.scheme, parts.username, parts.password) == ("https", None, None)
            assert parts.netloc in {"wiki.example.org", "xn--bcher-kva.example", "files.corp:8443"}
            assert run.href.isascii()
            assert not re.search(r"[\s\"<>\\`]", run.href)


@given(st.lists(st.text(st.sampled_from("ab1é .,*_`"), max_size=12), max_size=6).map(" ".join))
def test_words_without_links_come_through_in_their_order(text: str) -> None:
    assert LETTERS.findall(words(text)) == LETTERS.findall(normalise(text)) or "`" in text
    assert re.sub(r"[*_`\s]", "", words(text)) == re.sub(r"[*_`\s]", "", normalise(text))


@given(TEXTS)
def test_only_letters_of_addresses_are_ever_lost(text: str) -> None:
    """Each letter of the text that is shown was in it, and nothing stands before what stood before it."""
    without = re.sub(r"\(\S*\)", "", words(text))
    source = iter(normalise(text))
    assert all(letter in source for letter in LETTERS.sub(lambda found: found[0], without) if letter.isalnum())


@given(st.text(max_size=40))
def test_a_name_is_canonical_once_and_for_all(authority: str) -> None:
    name = canonical(authority)
    assert name is None or canonical(name) == name


@given(st.text(max_size=40) | TEXTS)
def test_what_may_be_followed_is_its_own_address(address: str) -> None:
    led = target(address)
    if led and led.href:
        assert target(led.href) == led
