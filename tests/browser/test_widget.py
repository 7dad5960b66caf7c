"""The loader in a page of another origin, hostile or strict, and what may not happen to that page or to the chat."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.axe import TAGS, axe_script
from tests.browser.conftest import Watched
from tests.embedding import SECRET, site
from tests.hostpage import HOSTILE_STYLE, Host, hosting, html, line
from tests.hostpage import Page as HostPage
from tests.newsroom import Newsroom
from tests.served import serving
from ui.app import App, create_app
from ui.audit.auditlog import AuditLog

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
STYLES = """() => ['html', 'body', 'h1', 'p', '#own'].map((each) => {
  const style = getComputedStyle(document.querySelector(each));
  return [...style].map((name) => name + ': ' + style.getPropertyValue(name)).join('; ');
})"""
SHADOW_FOCUS = "document.activeElement.shadowRoot?.activeElement?.localName ?? document.activeElement.id"


@dataclass
class Embedded:
    """A host, and the server whose chat stands in its pages."""

    host: Host
    address: str
    line: str = field(init=False)
    strict: str = field(init=False)

    def __post_init__(self) -> None:
        self.line = line(self.address)
        self.strict = (
            f"default-src 'none'; script-src {self.address}; frame-src {self.address}; connect-src {self.address}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )

    def page(self, path: str, page: HostPage) -> str:
        self.host.pages[path] = page
        return self.host.address + path


def make(origin: str, audit: Path | None = None, **settings: object) -> App:
    chats: Mapping[str, Mapping[str, object]] = {
        "wiki": {"origins": [origin]},
        "open": {"origins": [origin], "audience": "public"},
        "off": {"origins": [origin], "enabled": False},
    }
    at = site(chats, None, **({"identity": "local"} | settings))
    return create_app(Newsroom(), replace(at, audit=AuditLog(audit) if audit else None))


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """The person at this machine, and a host that is another site to the browser: its name is localhost."""
    audit = tmp_path_factory.mktemp("audit")
    with hosting() as host:
        host.address = host.address.replace("127.0.0.1", "localhost")
        with serving(lambda: make(host.address, audit)) as address:
            yield Embedded(host, address)


def chat(page: Page) -> FrameLocator:
    return page.frame_locator("on-record iframe")


def question(page: Page) -> Locator:
    return chat(page).get_by_role("textbox").first


def opened(page: Page) -> None:
    page.locator("#ask").click()
    expect(question(page)).to_be_focused()


def test_a_strict_page_gets_a_launcher_and_nothing_else_changes(watch: Watch, embedded: Embedded) -> None:
    without = watch(embedded.page("/without", HostPage(html("", body="<p id=OnRecord>"), embedded.strict))).page
    keys, styles = without.evaluate("Object.keys(window)"), without.evaluate(STYLES)
    watched = watch(embedded.page("/strict", HostPage(html(embedded.line, body="<p id=OnRecord>"), embedded.strict)))
    page = watched.page
    expect(page.locator("#ask")).to_be_visible()
    assert [url for url in watched.requests if not url.startswith(embedded.host.address)] == [
        f"{embedded.address}/embed/v1/widget.js"
    ]
    assert page.locator("iframe").count() == 0
    assert set(page.evaluate("Object.keys(window)")) == {*keys, "OnRecord"}
    assert page.evaluate("Object.isFrozen(OnRecord) && Object.keys(OnRecord).join()") == "open,ask,close"
    assert page.evaluate("(() => { try { window.OnRecord = 1 } catch {} return typeof OnRecord.open })()") == "function"
    assert page.evaluate(STYLES) == styles
    assert sum(each.count(": ") for each in styles) > 50
    assert page.evaluate("document.activeElement === document.body")
    assert page.evaluate("[scrollX, scrollY, history.length]")[:2] == [0, 0]
    opened(page)
    assert watched.complaints == []
    assert page.evaluate(STYLES) == styles


def test_a_hostile_sheet_and_a_cover_do_not_hide_it(watch: Watch, embedded: Embedded) -> None:
    cover = "<div id=cover style='pointer-events:auto!important'></div>"
    hostile = HostPage(html(embedded.line, head=f"<style>{HOSTILE_STYLE}</style>", body=cover))
    page = watch(embedded.page("/hostile", hostile)).page
    button = page.locator("#ask").bounding_box()
    assert button is not None
    assert (button["height"], round(button["x"] + button["width"]), round(button["y"] + 48)) == (48, 1260, 840)
    opened(page)
    panel = page.locator("on-record dialog").bounding_box()
    assert panel is not None
    assert (panel["width"], panel["height"]) == (400, 640)
    page.locator("#ask").click()
    expect(page.locator("on-record dialog")).to_be_hidden()


def test_with_the_keyboard_alone_and_focus_goes_back(watch: Watch, embedded: Embedded) -> None:
    page = watch(embedded.page("/", HostPage(html(embedded.line)))).page
    page.locator("#ask").wait_for()
    page.locator("#search").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(SHADOW_FOCUS) == "button"
    page.keyboard.press("Enter")
    expect(question(page)).to_be_focused()
    expect(page.locator("#ask")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator("on-record dialog")).to_be_hidden()
    expect(page.locator("#ask")).to_be_focused()
    expect(page.locator("#ask")).to_have_attribute("aria-expanded", "false")


def test_focus_goes_back_to_a_button_of_the_page(watch: Watch, embedded: Embedded) -> None:
    page = watch(embedded.page("/", HostPage(html(embedded.line)))).page
    opened(page)
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_focused()
    page.evaluate("void (document.getElementById('own').onclick = () => OnRecord.open())")
    page.locator("#own").focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#own")).to_be_focused()
    page.evaluate("OnRecord.open()")
    expect(question(page)).to_be_focused()
    page.locator("#search").focus()
    page.evaluate("OnRecord.close()")
    expect(page.locator("#search")).to_be_focused()
    page.locator("#own").focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_focused()
    page.locator("#own").focus()
    page.keyboard.press("Enter")
    expect(question(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#own")).to_be_focused()


def test_the_launcher_says_what_it_is(watch: Watch, embedded: Embedded) -> None:
    page = watch(f"{embedded.host.address}/").page
    button = page.get_by_role("button", name="Ask the documents")
    expect(button).to_have_attribute("aria-controls", "chat")
    opened(page)
    expect(page.get_by_role("dialog", name="Ask the documents")).to_be_visible()
    expect(page.locator("on-record iframe")).to_have_attribute("title", "Ask the documents")
    expect(page.locator("on-record iframe")).to_have_attribute("allow", "")
    assert "allow-top-navigation" not in str(page.locator("on-record iframe").get_attribute("sandbox"))


def test_a_question_of_the_page_is_asked_once(watch: Watch, embedded: Embedded) -> None:
    watched = watch(f"{embedded.host.address}/")
    watched.page.evaluate("OnRecord.ask('What are the conditions?')")
    expect(chat(watched.page).get_by_text("What are the conditions?").first).to_be_visible()
    expect(chat(watched.page).get_by_text("Moscow still insists").first).to_be_visible()
    assert sum(url.endswith("/api/v1/ask") for url in watched.requests) == 1
    watched.page.evaluate("OnRecord.ask(7)")
    watched.page.evaluate("OnRecord.ask('   ')")
    assert sum(url.endswith("/api/v1/ask") for url in watched.requests) == 1


def test_a_page_that_is_not_listed_gets_neither_frame_nor_ticket(watch: Watch, embedded: Embedded) -> None:
    with hosting() as stranger:
        stranger.pages["/"] = HostPage(html(embedded.line))
        watched = watch(stranger.address)
        watched.page.locator("#ask").click()
        again = watched.page.get_by_role("button", name="Try again")
        expect(again).to_be_visible()
        expect(again).to_be_focused()
        assert any("frame-ancestors" in each for each in watched.complaints), watched.complaints
        asked = (
            "(address) => fetch(address, {method: 'POST', body: '{\"embed\": \"wiki\"}'}).then((r) => r.text(), String)"
        )
        assert "Failed to fetch" in watched.page.evaluate(asked, f"{embedded.address}/embed/v1/ticket")
        sent = {"Origin": stranger.address, "Content-Type": "text/plain"}
        ticket = watched.page.request.post(
            f"{embedded.address}/embed/v1/ticket", headers=sent, data='{"embed": "wiki"}'
        )
        assert ticket.status == 403
        assert not any(each.startswith("error") for each in watched.complaints)


def test_a_chat_that_is_off_is_out_of_reach(watch: Watch, embedded: Embedded) -> None:
    page = watch(embedded.page("/off", HostPage(html(line(embedded.address, "off"))))).page
    page.locator("#ask").click()
    expect(page.get_by_role("status")).to_have_text("The chat is out of reach just now.")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#ask")).to_be_focused()


MESSAGES = """[
  null, 7, 'ready', [], {}, {type: 'close'}, {onrecord: 2, type: 'close'}, {onrecord: '1', type: 'close'},
  {onrecord: 1}, {onrecord: 1, type: 'CLOSE'}, {onrecord: 1, type: 'constructor'}, {onrecord: 1, type: '__proto__'},
  {onrecord: 1, type: ['close']}, {onrecord: 1, type: 'close', more: 1},
  {onrecord: 1, type: 'close', audience: 'public'},
  {onrecord: 1, type: 'hello', language: 'de'}, {onrecord: 1, type: 'ticket', ticket: 'ort_x'},
  {onrecord: 1, type: 'ready', host: '*'}, JSON.stringify({onrecord: 1, type: 'close'}), new Map([['type', 'close']]),
]"""
WELL_FORMED = "[{onrecord: 1, type: 'close'}, {onrecord: 1, type: 'ticket'}, {onrecord: 1, type: 'ready'}]"


def test_foreign_and_malformed_messages_change_nothing_in_the_page(watch: Watch, embedded: Embedded) -> None:
    other = f'<iframe id="other" src="{embedded.host.address}/frame"></iframe>'
    embedded.page("/frame", HostPage("<!doctype html><title>Another frame</title>"))
    watched = watch(embedded.page("/messages", HostPage(html(embedded.line, body=other))))
    page = watched.page
    opened(page)
    page.wait_for_function("document.getElementById('other').contentWindow.document.title")
    page.wait_for_timeout(300)
    before = len(watched.requests)
    for listed in (MESSAGES, WELL_FORMED):
        page.evaluate(f"{listed}.forEach((each) => postMessage(each, '*'))")
        page.frames[1].evaluate(f"{listed}.forEach((each) => parent.postMessage(each, '*'))")
    inside = next(each for each in page.frames if embedded.address in each.url)
    inside.evaluate(f"{MESSAGES}.forEach((each) => parent.postMessage(each, '*'))")
    page.wait_for_timeout(300)
    expect(page.locator("on-record dialog")).to_be_visible()
    assert len(watched.requests) == before
    assert watched.complaints == []
    inside.evaluate("parent.postMessage({onrecord: 1, type: 'close'}, '*')")
    expect(page.locator("on-record dialog")).to_be_hidden()


TO_FRAME = """[
  null, 7, 'hello', [], {}, {type: 'ask', question: 'x'}, {onrecord: 2, type: 'ask', question: 'x'},
  {onrecord: 1, type: 'ask'}, {onrecord: 1, type: 'ask', question: 7}, {onrecord: 1, type: 'ask', question: ''},
  {onrecord: 1, type: 'ask', question: 'x', as: 'root'}, {onrecord: 1, type: 'ask', question: 'x'.repeat(9999)},
  {onrecord: 1, type: 'hello', language: 'de'}, {onrecord: 1, type: 'hello', language: 7, theme: 'dark', variables: {}},
  {onrecord: 1, type: 'hello', language: 'de', theme: 'pink', variables: {}}, {onrecord: 1, type: 'constructor'},
  {onrecord: 1, type: 'ticket', ticket: 7}, {onrecord: 1, type: 'ticket', ticket: '<img src=x>'},
  {onrecord: 1, type: 'close'}, {onrecord: 1, type: 'no-ticket', status: '401'},
]"""


def test_foreign_and_malformed_messages_change_nothing_in_the_frame(watch: Watch, embedded: Embedded) -> None:
    watched = watch(embedded.host.address + "/messages")
    page = watched.page
    opened(page)
    page.wait_for_timeout(300)
    seen, before = chat(page).locator("body").inner_html(), len(watched.requests)
    to_frame = "(w) => %s.forEach((each) => w.postMessage(each, '*'))"
    page.evaluate(
        f"({to_frame % TO_FRAME})(document.querySelector('on-record').shadowRoot.querySelector('iframe').contentWindow)"
    )
    wanted = "[{onrecord: 1, type: 'ask', question: 'Who is it?'}]"
    page.frames[1].evaluate(f"({to_frame % wanted})(parent.frames[parent.frames.length - 1])")
    page.frames[1].evaluate(
        f"[...Array(parent.frames.length).keys()].forEach((n) => ({to_frame % wanted})(parent.frames[n]))"
    )
    page.wait_for_timeout(300)
    assert chat(page).locator("body").inner_html() == seen
    assert len(watched.requests) == before
    assert watched.complaints == []


SECRETS = re.compile(r"\bor[kst]_[A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]{8,}\.")


def test_no_secret_is_in_a_page_an_address_a_store_a_referer_or_a_log(
    watch: Watch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with hosting() as host:
        host.tokens = lambda: token("ann")
        with serving(lambda: make(host.address, tmp_path, identity="keys", token_secret=SECRET)) as address:
            host.pages["/"] = HostPage(html(line(address, more='data-token-url="/token" defer')))
            watched = watch("about:blank")
            seen: list[str] = []
            told: list[str] = []
            watched.page.on("request", lambda request: seen.append(f"{request.url} {request.headers.get('referer')}"))
            watched.page.on("response", lambda response: told.append(response.url) if response.ok else None)
            watched.page.goto(host.address)
            with watched.page.expect_response("**/embed/v1/session") as begun:
                watched.page.locator("#ask").click()
            secret = begun.value.json()["session"]
            watched.page.evaluate("OnRecord.ask('What are the conditions?')")
            expect(chat(watched.page).get_by_text("Moscow still insists").first).to_be_visible()
            stores = "JSON.stringify([localStorage, sessionStorage, document.cookie, document.referrer, location.href])"
            frames = [each for each in watched.page.frames if each.url.startswith("http")]
            texts = [text for each in frames for text in (each.content(), each.evaluate(stores))]
    log = "\n".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file())
    assert secret.startswith("ors_")
    assert len(frames) == 2
    assert any("/embed/v1/ticket" in each for each in told)
    assert "ask" in log, "there is a log to look through"
    for text in (*seen, *texts, caplog.text, log, *(each for each in host.asked)):
        assert not SECRETS.search(text), SECRETS.search(text)
        assert secret not in text


def token(user: str) -> str:
    now = int(time.time())
    claims = {"sub": user, "groups": [], "aud": "wiki", "iat": now, "exp": now + 100, "jti": str(time.time_ns())}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


def test_a_page_vouches_for_its_user_and_for_nobody_it_does_not_know(watch: Watch) -> None:
    users = iter([None, "ann"])
    with hosting() as host:
        host.tokens = lambda: token(user) if (user := next(users)) else None
        with serving(lambda: make(host.address, identity="keys", token_secret=SECRET)) as address:
            based = html(line(address, more='data-token-url="/token" defer'), head='<base href="http://127.0.0.1:9/">')
            host.pages["/"] = HostPage(based)
            watched = watch(host.address)
            with watched.page.expect_response("**/token") as refused:
                watched.page.locator("#ask").click()
            assert refused.value.status == 401
            watched.page.wait_for_timeout(200)
            assert not any(url.endswith("/ticket") for url in watched.requests)
            watched.page.reload()
            with watched.page.expect_response("**/embed/v1/session") as begun:
                watched.page.locator("#ask").click()
            assert begun.value.json()["signed_in"] is True


def test_a_public_chat_sends_no_cookies_and_is_nobodys(watch: Watch, embedded: Embedded) -> None:
    page = watch(embedded.page("/open", HostPage(html(line(embedded.address, "open"))))).page
    with page.expect_response("**/embed/v1/session") as begun:
        page.locator("#ask").click()
    assert begun.value.json()["signed_in"] is False


def test_on_a_small_screen_it_is_all_there_is_and_the_page_is_as_it_was_after(watch: Watch, embedded: Embedded) -> None:
    tall = HostPage(html(embedded.line, body="<div style='height: 3000px'></div>", attributes='lang="en"'))
    watched = watch(embedded.page("/tall", tall), width=320, height=640)
    page = watched.page
    page.evaluate("scrollTo(0, 500)")
    opened(page)
    panel = page.locator("on-record dialog").bounding_box()
    assert panel == {"x": 0, "y": 0, "width": 320, "height": 640}
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "hidden"
    page.locator("#search").focus()
    assert page.evaluate("document.activeElement.id") != "search", "what cannot be seen cannot be reached"
    page.set_viewport_size({"width": 700, "height": 640})
    expect(page.locator("#ask")).to_be_visible()
    assert page.evaluate("document.documentElement.getAttribute('style')") is None
    page.set_viewport_size({"width": 320, "height": 640})
    expect(question(page)).to_be_visible()
    question(page).focus()
    page.keyboard.press("Escape")
    expect(page.locator("on-record dialog")).to_be_hidden()
    assert page.evaluate("[document.documentElement.getAttribute('style'), scrollY]") == [None, 500]
    expect(page.locator("#ask")).to_be_focused()


def test_with_the_server_gone_it_says_so_and_comes_back_when_asked(watch: Watch) -> None:
    with hosting() as host:
        with serving(lambda: make(host.address)) as address:
            host.pages["/"] = HostPage(html(line(address)))
            watched = watch(host.address)
            watched.page.locator("#ask").wait_for()
        watched.page.locator("#ask").click()
        again = watched.page.get_by_role("button", name="Try again")
        expect(again).to_be_focused()
        steps = watched.page.evaluate("history.length")
        assert not any(each.startswith("error") for each in watched.complaints)
        with serving(lambda: make(host.address), port=int(address.rpartition(":")[2])):
            again.click()
            expect(question(watched.page)).to_be_focused()
            expect(again).to_be_hidden()
            assert watched.page.evaluate("history.length") == steps


def test_an_application_of_one_page_keeps_it_open_and_its_history_its_own(watch: Watch, embedded: Embedded) -> None:
    page = watch(f"{embedded.host.address}/").page
    page.locator("#ask").wait_for()
    steps = page.evaluate("history.length")
    opened(page)
    assert page.evaluate("history.length") == steps
    question(page).fill("half a thought")
    page.evaluate("history.pushState({}, '', '/elsewhere'); document.body.replaceWith(document.createElement('body'))")
    expect(question(page)).to_have_value("half a thought")
    page.evaluate("history.back()")
    page.wait_for_url("**/")
    expect(question(page)).to_have_value("half a thought")
    page.evaluate("OnRecord.close(); document.querySelector('on-record').remove(); OnRecord.open()")
    expect(question(page)).to_be_focused()


MODULE = """<script type="module" src="{0}/embed/v1/widget.js" data-embed="wiki"></script>"""
LATER = """<script>setTimeout(() => {{ const s = document.createElement('script'); s.src = '{0}/embed/v1/widget.js';
s.dataset.embed = 'wiki'; document.head.append(s) }}, 50)</script>"""
ONCE = '<script src="{0}/embed/v1/widget.js" data-embed="wiki"></script>'
WAYS = {
    "module": MODULE,
    "later": LATER,
    "in the head": ONCE,
    "async": ONCE.replace("data-embed", "async data-embed"),
    "twice": ONCE * 2,
    "two chats": ONCE + ONCE.replace("wiki", "open"),
    "base": '<base href="http://127.0.0.1:9/elsewhere/">' + ONCE,
}


@pytest.mark.parametrize("way", WAYS)
def test_however_the_line_is_written_there_is_one_chat(watch: Watch, embedded: Embedded, way: str) -> None:
    path = f"/way-{way.replace(' ', '-')}"
    watched = watch(embedded.page(path, HostPage(html(WAYS[way].format(embedded.address)))))
    expect(watched.page.locator("#ask")).to_be_visible()
    watched.page.wait_for_timeout(100)
    assert watched.page.locator("on-record").count() == 1
    opened(watched.page)
    assert watched.page.locator("on-record iframe").get_attribute("src") == f"{embedded.address}/embed/v1/frame/wiki"
    assert watched.complaints == []


@pytest.mark.parametrize(
    ("attributes", "more", "label", "side"),
    [
        ('lang="en-GB"', "", "Ask the documents", "right"),
        ('lang="de-AT"', "", "Die Dokumente fragen", "right"),
        ('lang="fr"', 'data-position="left"', "Interroger les documents", "left"),
        ('lang="es"', "", "Preguntar a los documentos", "right"),
        ('lang="en"', 'data-lang="pl"', "Zapytaj dokumenty", "right"),
        ('lang="ar" dir="rtl"', "", "اسأل الوثائق", "left"),
        ('lang="ar" dir="rtl"', 'data-position="right"', "اسأل الوثائق", "right"),
        ('lang="tlh"', "", "Ask the documents", "right"),
        ('lang="{}"', "", "Die Dokumente fragen", "right"),
    ],
)
def test_it_speaks_the_pages_language_and_stands_on_its_side(
    watch: Watch, embedded: Embedded, attributes: str, more: str, label: str, side: str
) -> None:
    page = HostPage(html(line(embedded.address, more=f"{more} defer"), attributes=attributes))
    opened_page = watch(embedded.page("/tongue", page), locale="de-DE").page
    button = opened_page.get_by_role("button", name=label)
    expect(button).to_be_visible()
    place = button.bounding_box()
    assert place is not None
    assert (place["x"] < 640) == (side == "left")


def test_what_the_page_says_of_its_look_is_taken_and_what_is_none_is_passed_over(
    watch: Watch, embedded: Embedded
) -> None:
    look = (
        ":root { --onrecord-accent: #7a1f5c; --onrecord-on-accent: url(http://127.0.0.1:9/x); --onrecord-radius: 2px;"
        " --onrecord-offset: 40px; --onrecord-font: var(--mine); --mine: serif; --accent: red; --gap: 300px }"
    )
    watched = watch(embedded.page("/look", HostPage(html(embedded.line, head=f"<style>{look}</style>"))))
    button = watched.page.locator("#ask")
    style = button.evaluate(
        "(e) => (({backgroundColor, color, borderRadius, right}) => [backgroundColor, color, borderRadius, right])"
        "(getComputedStyle(e))"
    )
    assert style == ["rgb(122, 31, 92)", "rgb(255, 255, 255)", "2px", "40px"]
    assert watched.elsewhere(embedded.address) == [f"{embedded.host.address}/look"]
    watched.page.emulate_media(media="print")
    expect(button).to_be_hidden()


def test_a_script_that_names_no_chat_says_so_and_does_nothing(watch: Watch, embedded: Embedded) -> None:
    bare = f'<script src="{embedded.address}/embed/v1/widget.js" defer></script>'
    watched = watch(embedded.page("/bare", HostPage(html(bare))))
    watched.page.wait_for_timeout(200)
    assert watched.page.evaluate("Object.hasOwn(window, 'OnRecord')") is False
    assert len(watched.complaints) == 1
    assert "data-embed" in watched.complaints[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_launcher_closed_or_open(watch: Watch, embedded: Embedded, scheme: str) -> None:
    page = watch(embedded.page(f"/axe-{scheme}", HostPage(html(embedded.line))), color_scheme=scheme).page
    expect(page.locator("#ask")).to_be_visible()
    assert launcher_faults(page) == []
    opened(page)
    assert launcher_faults(page) == []


def launcher_faults(page: Page) -> list[str]:
    """What axe finds in what we put into the page, through its open shadow root; the page itself is somebody else's."""
    page.evaluate(axe_script())
    found: list[str] = page.evaluate(
        """async (tags) => {
          const options = { runOnly: { type: 'tag', values: tags }, iframes: false };
          const { violations, passes } = await axe.run({ include: [['on-record']] }, options);
          if (passes.length < 4) return [`only ${passes.length} rules had something to look at`];
          return violations.flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.html.slice(0, 160)}`));
        }""",
        list(TAGS),
    )
    return found
