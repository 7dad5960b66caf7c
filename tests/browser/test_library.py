"""The library page in a browser, over a real library: looked through, added to, removed from and synced again, by mouse
and by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from index.corpus import Corpus
from index.document import document_id
from index.sync import sync
from rag.ask import Desk
from tests.browser.axe import violations
from tests.browser.conftest import Watched
from tests.browser.test_access import CONTRAST, SMALL_TARGETS, check_focus_can_be_seen, check_no_sideways_scroll
from tests.keeping import Served, kept
from tests.permitted import WordQuoter
from tests.served import serving
from tests.webserver import WebServer, web_server
from ui.answerer import AtDesk
from ui.app import create_app

pytestmark = pytest.mark.browser

Watch = Callable[..., Watched]
DESPATCHES = 420
HIDDEN = DESPATCHES // 10
ANN = {"x-as": "ann", "x-groups": "keepers"}
BOB = {"x-as": "bob", "x-groups": "press"}
MIB = 2**20


@dataclass
class Archive:
    """A served library of despatches for the press, a tenth of them for nobody, and one file that is refused."""

    served: Served
    address: str
    web: WebServer
    folder: Path

    @property
    def page(self) -> str:
        return f"{self.address}/library"


def despatch(number: int) -> dict[str, object]:
    """One line of the feed."""
    return {
        "uri": f"wire/{number:03}",
        "title": f"Despatch {number} of the <b>harbour</b>",
        "text": f"The tide of day {number} was high.",
        "publisher": "Harbour Wire" if number % 2 else "Port Authority",
        "published": f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}",
        "collection": "wire" if number % 3 else "desk",
        "readers": ["nobody"] if number % 10 == 0 else ["press"],
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("archive")
    feed = folder / "wire.jsonl"
    feed.write_text("\n".join(json.dumps(despatch(number)) for number in range(DESPATCHES)), encoding="utf-8")
    with kept(folder, largest=MIB, hosts=("127.0.0.1",)) as served, web_server() as elsewhere:
        press = served.written(minutes="The harbour board met and adjourned.", tariff="A berth is 40 euros a day.")
        (press / "photograph.png").write_bytes(b"\x89PNG")
        sync([feed, press], served.library, served.embedder, readers=("press",))
        desk = Desk(Corpus(served.library, served.embedder), WordQuoter(), threshold=0.0)
        with serving(lambda: create_app(AtDesk(desk), served.site)) as address:
            yield Archive(served, address, elsewhere, press)


def opened(watch: Watch, archive: Archive, query: str = "", **options: object) -> Page:
    """The page as Ann has it, once all of it is there: its first rows or what is said in their place, and then what
    can be done."""
    page = watch(f"{archive.page}{query}", extra_http_headers=ANN, **options).page
    expect(page.locator("#tally")).not_to_be_empty()
    expect(page.locator("#readers-known button")).not_to_have_count(0)
    return page


def rows(page: Page) -> Locator:
    return page.locator("#table .page > [role=row]")


def figures(page: Page) -> list[str]:
    """The counts over the list: all documents, searchable, hidden, refused, removed."""
    return page.locator("#states .figure").all_inner_texts()


def focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.trim() || document.activeElement.id"))


def said(page: Page) -> list[str]:
    """From now on, whatever a screen reader is told by the page."""
    page.evaluate(
        """() => {
          window.said = [];
          const announcer = document.getElementById('announcer');
          const hear = () => announcer.textContent && window.said.push(announcer.textContent);
          new MutationObserver(hear).observe(announcer, { childList: true, characterData: true, subtree: true });
        }"""
    )
    return []


def heard(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.said")
    return found


def quiet(page: Page) -> None:
    """Wait until no job of the page is at work."""
    expect(page.locator("#job-list .job:not(.ended)")).to_have_count(0)


def test_rows_say_what_there_is_who_may_read_it_and_since_when(watch: Watch, archive: Archive) -> None:
    watched = watch(archive.page, extra_http_headers=ANN)
    page = watched.page
    expect(rows(page)).to_have_count(25)
    heads = ["Document", "Published", "Who may read it", "Collection", "Added", "State"]
    expect(page.get_by_role("columnheader")).to_have_text(heads)
    hidden = page.get_by_role("row").filter(has_text="wire/000")
    expect(hidden.get_by_role("rowheader")).to_contain_text("Despatch 0 of the <b>harbour</b>")
    expect(hidden.get_by_role("rowheader")).to_contain_text("Port Authority")
    expect(hidden.get_by_role("cell").nth(1)).to_have_text("nobody")
    expect(hidden.get_by_role("cell").nth(4)).to_contain_text("Nobody may read it")
    shown = page.get_by_role("row").filter(has_text="wire/001")
    expect(shown.get_by_role("cell").nth(0)).to_have_text("2 Feb 2025")
    expect(shown.get_by_role("cell").nth(1)).to_have_text("press")
    expect(shown.get_by_role("cell").nth(2)).to_have_text("wire")
    expect(shown.get_by_role("cell").nth(4)).to_contain_text("Searchable")
    assert figures(page)[1:4] == [str(DESPATCHES + 2 - HIDDEN), str(HIDDEN), "1"]
    expect(page.locator("#table")).to_have_attribute("aria-rowcount", str(DESPATCHES + 2 + 1))
    assert (watched.elsewhere(archive.address), watched.complaints) == ([], [])


@pytest.mark.parametrize("query", ["", "?state=hidden"])
def test_the_first_rows_are_asked_for_once(watch: Watch, archive: Archive, query: str) -> None:
    """By the page's head where nothing else is wanted than the library as it is, and by its script where something is;
    a browser complains of what the head asks for and no script takes."""
    watched = watch(f"{archive.page}{query}", extra_http_headers=ANN)
    expect(watched.page.locator("#readers-known button")).not_to_have_count(0)
    watched.page.wait_for_timeout(4000)
    asked = [url for url in watched.requests if url.startswith(f"{archive.address}/api/v1/library?")]
    assert (len(asked), watched.complaints) == (1, [])


def test_counts_order_and_collection_choose_what_is_shown_and_the_address_keeps_it(
    watch: Watch, archive: Archive
) -> None:
    page = opened(watch, archive)
    page.get_by_role("link", name="Nobody may read it").click()
    expect(page.locator("#tally")).to_have_text(f"1 to 25 of {HIDDEN}.")
    expect(page.locator("#states [aria-current]")).to_contain_text("Nobody may read it")
    page.get_by_label("Collection", exact=True).last.select_option("desk")
    expect(page.locator("#tally")).to_have_text(f"{len(range(0, DESPATCHES, 30))} in all.")
    page.get_by_label("Sorted by").select_option("added")
    assert page.url.endswith("/library?state=hidden&order=added&collection=desk")
    page.reload()
    expect(page.locator("#tally")).to_have_text(f"{len(range(0, DESPATCHES, 30))} in all.")
    expect(page.get_by_label("Sorted by")).to_have_value("added")
    for _ in range(3):
        page.go_back()
    expect(page.locator("#tally")).to_have_text(f"1 to 25 of {DESPATCHES + 2}.")
    expect(page.get_by_label("Sorted by")).to_have_value("uri")


def test_search_shows_what_was_typed_last_and_drops_what_comes_late(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    late: list[Route] = []
    page.route(lambda url: "words=despatch+4&" in f"{url}&", lambda route: late.append(route))
    said(page)
    box = page.get_by_label("Search in title, publisher and address")
    box.fill("despatch 4")
    expect(page.locator("#table")).to_have_attribute("aria-busy", "true")
    page.wait_for_timeout(200)
    box.fill("DESPATCH 417 wire")
    expect(rows(page)).to_have_count(1)
    for route in late:
        route.continue_()
    assert late, "the first words were never asked for"
    page.wait_for_timeout(300)
    expect(rows(page)).to_have_count(1)
    assert page.url.endswith("words=DESPATCH+417+wire")
    assert heard(page) == ["1 in all."]
    box.fill("no such thing")
    expect(page.locator("#tally")).to_contain_text("Nothing here matches")
    expect(page.locator("#table")).to_be_hidden()


def test_of_a_long_list_a_few_hundred_rows_are_on_the_page_and_the_rest_is_a_step_away(
    watch: Watch, archive: Archive
) -> None:
    page = opened(watch, archive)
    for pages in range(2, 11):
        page.get_by_role("button", name="Show more").press("Enter")
        expect(page.locator("#tally")).to_contain_text(f"to {pages * 25} of")
        assert focus(page).startswith(f"Despatch {(pages - 1) * 25 - 2} of"), "the focus is not on the first new row"
    expect(rows(page)).to_have_count(200)
    expect(page.locator("#tally")).to_have_text(f"51 to 250 of {DESPATCHES + 2}.")
    assert rows(page).first.get_attribute("aria-rowindex") == "52"
    page.get_by_role("button", name="Show earlier ones").click()
    page.get_by_role("button", name="Show earlier ones").click()
    expect(page.get_by_role("button", name="Show earlier ones")).to_be_hidden()
    expect(page.locator("#tally")).to_have_text(f"1 to 200 of {DESPATCHES + 2}.")
    expect(rows(page).first).to_contain_text("press/minutes.txt")


def test_what_was_refused_says_why_and_what_to_do(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive, "?state=refused")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first).to_contain_text("photograph.png")
    expect(rows(page).first).to_contain_text("Files of type .png are not read; save it as one of")
    expect(page.locator("#advice")).to_contain_text("Each reason says what to do; then sync again.")
    expect(page.get_by_label("Sorted by")).to_be_hidden()
    expect(page.locator("#states .figure").nth(3)).to_have_text("1")


def test_files_and_addresses_are_added_for_their_readers_and_what_is_refused_says_why(
    watch: Watch, archive: Archive
) -> None:
    page = opened(watch, archive)
    before = int(figures(page)[0])
    said(page)
    page.get_by_role("button", name="Add documents").click()
    assert focus(page) == "files"
    files = [
        {"name": "crane.txt", "mimeType": "text/plain", "buffer": b"A new crane is to come in 2027."},
        {"name": "sketch.png", "mimeType": "image/png", "buffer": b"\x89PNG"},
        {"name": "blank.txt", "mimeType": "text/plain", "buffer": b"   "},
        {"name": "huge.txt", "mimeType": "text/plain", "buffer": b"x" * (MIB + 1)},
    ]
    page.locator("#files").set_input_files(files)  # type: ignore[arg-type]
    expect(page.locator("#chosen li")).to_have_count(3)
    there = archive.web.gives("/may")
    page.get_by_label("Pages of the web").fill(f"{there}\nhttp://10.0.0.7/inside\n\nftp://example.org/x")
    page.get_by_label("Who may read it").fill("")
    page.get_by_role("group", name="Labels in use").get_by_role("button", name="press").click()
    page.get_by_role("group", name="Labels in use").get_by_role("button", name="public").click()
    expect(page.get_by_label("Who may read it")).to_have_value("press, public")
    page.get_by_label("Publisher, where").fill("Crane Office")
    page.get_by_label("Collection (optional)").fill("plans")
    page.get_by_role("button", name="Add", exact=True).click()
    jobs = page.locator("#job-list")
    quiet(page)
    for words in (
        "Adding crane.txt1 added.Added: crane.txt",
        "Adding sketch.pngFiles of type .png are not read; save it as one of",
        "Adding blank.txtIt holds nothing that can be seen",
        "Adding huge.txtIt is larger than the 1 MiB that a file may have",
        f"Adding {there}1 added.",
        "Adding http://10.0.0.7/inside",
        "Adding ftp://example.org/x'ftp' is not fetched; only http and https are.",
    ):
        expect(jobs).to_contain_text(words)
    assert "10.0.0.7" in jobs.inner_text()
    expect(page.get_by_label("Pages of the web")).to_have_value("ftp://example.org/x")
    assert focus(page) == "Add", "the focus was taken away"
    whole = " ".join(heard(page))
    assert whole.count("'ftp' is not fetched") == whole.count("It holds nothing that can be seen") == 1
    page.get_by_label("Search in title").fill("added/crane")
    expect(rows(page)).to_have_count(1)
    for words in ("press", "public", "plans", "Crane Office"):
        expect(rows(page).first).to_contain_text(words)
    assert int(figures(page)[0]) == before + 2
    page.get_by_role("button", name="Clear what is done").click()
    expect(page.locator("#jobs")).to_be_hidden()


def test_files_are_dropped_anywhere_and_folders_are_not(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    drop = """() => {
      const held = new DataTransfer();
      held.items.add(new File(['The quay is closed.'], 'quay.txt', { type: 'text/plain' }));
      held.items.add(new File(['The lock is open.'], 'lock.txt', { type: 'text/plain' }));
      const table = document.getElementById('table');
      for (const name of ['dragenter', 'dragover', 'drop']) {
        table.dispatchEvent(new DragEvent(name, { dataTransfer: held, bubbles: true, cancelable: true }));
        if (name === 'dragover') window.over = document.getElementById('drop').classList.contains('over');
      }
    }"""
    page.evaluate(drop)
    expect(page.locator("#chosen li")).to_have_text(["quay.txt×", "lock.txt×"])
    assert page.evaluate("window.over")
    expect(page.locator("#drop")).not_to_have_class("over")
    page.get_by_role("button", name="Leave out quay.txt").click()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Leave out lock.txt"
    page.get_by_role("button", name="Add", exact=True).click()
    quiet(page)
    expect(page.locator("#job-list")).to_contain_text("Added: lock.txt")
    expect(page.locator("#adding")).to_be_hidden()
    assert focus(page) == "Add documents"


def test_without_a_label_nothing_is_sent(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    page.get_by_role("button", name="Add documents").click()
    page.get_by_label("Pages of the web").fill("https://example.org/")
    page.get_by_label("Who may read it").fill("  ")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_label("Who may read it")).to_be_focused()
    expect(page.locator("#jobs")).to_be_hidden()


def test_a_page_that_is_opened_anew_takes_up_what_is_at_work(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    embedder = archive.served.embedder
    embedder.may_go_on.clear()
    try:
        page.get_by_role("button", name="Add documents").click()
        page.locator("#files").set_input_files(
            {"name": "buoy.txt", "mimeType": "text/plain", "buffer": b"The red buoy is adrift."}
        )
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#job-list")).to_contain_text("Adding buoy.txtRead 0 of 1")
        page.reload()
        expect(page.locator("#job-list")).to_contain_text("Adding buoy.txtRead 0 of 1")
        expect(page.get_by_role("progressbar", name="Adding buoy.txt")).to_be_visible()
    finally:
        embedder.may_go_on.set()
    quiet(page)
    expect(page.locator("#job-list")).to_contain_text("Adding buoy.txt1 added.")
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_a_job_whose_stream_ends_before_it_does_is_not_called_done(watch: Watch, archive: Archive) -> None:
    """As where the server stops, or a proxy closes what takes long."""
    page = opened(watch, archive)
    cut = ["", 'event: end\ndata: {"state": "waiting", "reason": null, "counts": {}}\n\n']

    def ended(route: Route) -> None:
        if cut:
            route.fulfill(content_type="text/event-stream", body=cut.pop())
        else:
            route.continue_()

    page.route(re.compile("/api/v1/library/jobs/.+"), ended)
    page.get_by_role("button", name="Add documents").click()
    page.locator("#files").set_input_files(
        {"name": "beacon.txt", "mimeType": "text/plain", "buffer": b"The green beacon is lit."}
    )
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#job-list")).to_contain_text("Adding beacon.txt1 added.Added: beacon.txt")


def test_what_is_chosen_and_written_while_something_is_sent_stays(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    held: list[Route] = []
    page.route(re.compile("/api/v1/library/urls"), lambda route: held.append(route))
    page.get_by_role("button", name="Add documents").click()
    there, later = archive.web.gives("/soon"), archive.web.gives("/later")
    page.get_by_label("Pages of the web").fill(there)
    with page.expect_request(re.compile("/api/v1/library/urls")):
        page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("Pages of the web").fill(f"{there}\n{later}")
    page.evaluate(
        """() => {
          const held = new DataTransfer();
          [1, 2].forEach((when) => held.items.add(new File(["Notes."], "notes.txt", { lastModified: when })));
          const files = document.getElementById('files');
          files.files = held.files;
          files.dispatchEvent(new Event('change'));
        }"""
    )
    expect(page.locator("#chosen li")).to_have_count(2)
    held[0].continue_()
    quiet(page)
    expect(page.get_by_label("Pages of the web")).to_have_value(later)
    expect(page.locator("#chosen li")).to_have_count(2)
    expect(page.locator("#adding")).to_be_visible()


def test_one_document_has_an_address_of_its_own_and_closing_it_goes_back_to_its_row(
    watch: Watch, archive: Archive
) -> None:
    one = document_id("wire/003")
    page = opened(watch, archive, f"?document={one}")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading", name="Despatch 3 of the <b>harbour</b>")).to_be_focused()
    for words in ("press", "Harbour Wire", "4 Apr 2025", "feed", "wire/003", "None that is kept"):
        expect(sheet).to_contain_text(words)
    expect(sheet.get_by_role("link", name="Open the document")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page).to_have_url(archive.page)
    assert focus(page).startswith("Despatch 3 of"), "the focus did not go back to the row"
    reader = watch(f"{archive.page}?document={one}", extra_http_headers={**ANN, "x-groups": "keepers,press"}).page
    expect(reader.get_by_role("link", name="Open the document")).to_have_attribute("href", f"/source/{one}")
    gone = opened(watch, archive, f"?document={'0' * 32}")
    expect(gone.get_by_role("dialog").get_by_role("alert")).to_contain_text("There is no such document in the library")


def ask(watch: Watch, archive: Archive, question: str) -> None:
    """Bob asks, and his answer is kept."""
    sent = """async (question) => (await fetch('/api/v1/ask', {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question, conversation: 'new' }) })).status"""
    assert watch(f"{archive.address}/check", extra_http_headers=BOB).page.evaluate(sent, question) == 200


def test_removing_says_what_goes_takes_the_row_and_can_be_undone(watch: Watch, archive: Archive) -> None:
    ask(watch, archive, "How high was the tide of day 5?")
    page = opened(watch, archive)
    removed = int(figures(page)[4])
    page.get_by_role("link", name="Despatch 5 of the").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("1 kept answer last on")
    sheet.get_by_role("button", name="Remove…").click()
    assert focus(page) == "Keep"
    expect(sheet.get_by_role("group", name="Remove this document?")).to_contain_text(
        "Its quotes go from 1 kept answer, too."
    )
    page.keyboard.press("Enter")
    assert focus(page) == "Remove…"
    said(page)
    page.keyboard.press("Enter")
    sheet.get_by_role("button", name="Remove it").click()
    expect(sheet).to_be_hidden()
    quiet(page)
    expect(page.get_by_role("row").filter(has_text="wire/005")).to_have_count(0)
    assert focus(page).startswith("Despatch 6 of"), "the focus went with the row"
    expect(page.locator("#changed")).to_be_hidden()
    assert [each for each in heard(page) if "Despatch 5" in each] == [heard(page)[-1]]
    assert archive.served.library.shelf.document(document_id("wire/005")) is None
    page.locator("#states a", has_text="Removed").click()
    expect(page.locator("#states .figure").last).to_have_text(str(removed + 1))
    expect(rows(page).first).to_contain_text("wire/005")
    expect(rows(page).first).to_contain_text("user:ann")
    page.get_by_role("button", name="Restore: wire/005").press("Enter")
    quiet(page)
    expect(page.get_by_role("row").filter(has_text="wire/005")).to_have_count(0)
    page.get_by_role("button", name="Sync again").click()
    quiet(page)
    expect(page.locator("#job-list")).to_contain_text("1 added")
    assert archive.served.library.shelf.document(document_id("wire/005")) is not None


def test_where_every_row_that_is_shown_is_removed_the_next_ones_come(watch: Watch, archive: Archive) -> None:
    page = watch("about:blank", extra_http_headers=ANN).page

    def one_at_a_time(route: Route) -> None:
        route.continue_(url=route.request.url.replace("limit=25", "limit=1"))

    page.route("**/api/v1/library?*limit=25*", one_at_a_time)
    page.goto(archive.page)
    expect(rows(page)).to_have_count(1)
    first = str(rows(page).get_attribute("data-id"))
    rows(page).get_by_role("link").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Remove…").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    quiet(page)
    expect(page.locator(f'[data-id="{first}"]')).to_have_count(0)
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#tally")).to_contain_text("1 to 1 of")


def test_syncing_again_says_how_far_it_is_and_what_came_of_it(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    before = int(figures(page)[0])
    (archive.folder / "dredging.txt").write_text("The channel is dredged in June.", encoding="utf-8")
    (archive.folder / "tariff.txt").write_text("A berth is 45 euros a day.", encoding="utf-8")
    said(page)
    page.get_by_role("button", name="Sync again").click()
    expect(page.locator("#job-list")).to_contain_text("1 added, 1 changed, ")
    expect(page.locator("#job-list")).to_contain_text("Refused: photograph.png")
    expect(page.locator("#states .figure").first).to_have_text(str(before + 1))
    assert len(heard(page)) == 1
    assert heard(page)[0].startswith("Syncing the folders and feeds again: 1 added, 1 changed")
    roots = page.locator("#roots")
    expect(roots.locator("summary")).to_contain_text("folders and feeds that it comes from")
    roots.locator("summary").click()
    expect(roots.locator("li").filter(has_text=str(archive.folder))).to_contain_text("press")
    (archive.folder / "dredging.txt").unlink()
    page.get_by_label("When syncing again, remove what is no longer there").check()
    page.get_by_role("button", name="Sync again").click()
    expect(page.locator("#states .figure").first).to_have_text(str(before))


def test_a_list_in_which_somebody_is_does_not_change_under_them(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive)
    page.get_by_role("link", name="Despatch 7 of the").focus()
    archive.served.ended(archive.served.file("pilot.txt", b"The pilot boards at noon.", readers="press"))
    page.evaluate("document.getElementById('sync').dispatchEvent(new Event('click'))")
    expect(page.get_by_role("button", name="The library has changed")).to_be_visible()
    assert focus(page).startswith("Despatch 7 of")
    page.get_by_role("button", name="The library has changed").click()
    expect(rows(page).first).to_contain_text("added/")
    expect(page.get_by_role("button", name="The library has changed")).to_be_hidden()


def test_the_keyboard_alone_goes_from_one_end_to_the_other(watch: Watch, archive: Archive) -> None:
    page = opened(watch, archive, "?words=despatch")
    page.keyboard.press("Tab")
    assert focus(page) == "Go to the documents"
    check_focus_can_be_seen(page)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "table"
    page.keyboard.press("Tab")
    first = focus(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert focus(page) != first
    check_focus_can_be_seen(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert focus(page) == first
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("Tab")
    assert focus(page) == "Close"
    check_focus_can_be_seen(page)
    expect(page.get_by_role("button", name="Remove…")).to_be_visible()
    assert focus(page) == "Close", "what came moved the focus"
    page.keyboard.press("Tab")
    assert focus(page) == "Remove…"
    page.keyboard.press("Escape")
    assert focus(page) == first
    page.get_by_role("button", name="Add documents").press("Enter")
    for stop in ("urls", "readers"):
        page.keyboard.press("Tab")
        assert focus(page) == stop
        check_focus_can_be_seen(page)
    page.keyboard.press("Escape")
    expect(page.locator("#adding")).to_be_hidden()
    assert focus(page) == "Add documents"


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")])
def test_everybody_can_use_it_in_every_state(watch: Watch, archive: Archive, width: int, scheme: str) -> None:
    page = opened(watch, archive, width=width, color_scheme=scheme)

    def check(state: str) -> None:
        assert violations(page) == [], state
        assert page.evaluate(CONTRAST) == [], state
        assert page.evaluate(SMALL_TARGETS) == [], state
        check_no_sideways_scroll(page)

    check("rows")
    page.get_by_role("button", name="Add documents").click()
    page.get_by_label("Pages of the web").fill("ftp://example.org/" + "x" * 200)
    page.get_by_label("Who may read it").fill("press")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#job-list .amiss")).to_have_count(1)
    page.locator("#roots summary").click()
    check("adding, refused, and where it comes from")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Despatch 8 of the").click()
    expect(page.get_by_role("button", name="Remove…")).to_be_visible()
    check("details")
    page.get_by_role("button", name="Remove…").click()
    check("asked whether to remove")
    page.keyboard.press("Escape")
    for state in ("Refused", "Removed"):
        page.locator("#states a", has_text=state).click()
        expect(page.locator("#advice")).to_be_visible()
        check(state)
    page.get_by_label("Search in title").fill("no such thing")
    expect(page.locator("#tally")).to_contain_text("Nothing here matches")
    check("nothing found")
    held: list[Route] = []
    page.route("**/api/v1/library?*", lambda route: held.append(route))
    page.locator("#states a").first.click()
    expect(page.locator("#table")).to_have_attribute("aria-busy", "true")
    check("loading")


def test_arabic_runs_from_right_to_left_and_fits(watch: Watch, archive: Archive) -> None:
    for width in (320, 1280):
        page = opened(watch, archive, width=width, locale="ar")
        assert page.evaluate("[document.dir, document.documentElement.lang]") == ["rtl", "ar"]
        check_no_sideways_scroll(page)
        page.locator("#add").click()
        check_no_sideways_scroll(page)
        page.locator("#table a").nth(3).click()
        expect(page.locator("#details .remove")).to_be_visible()
        assert page.evaluate("document.getElementById('details').getBoundingClientRect().left") == 0
        assert violations(page) == []


def test_an_empty_library_says_what_to_do_next(watch: Watch, tmp_path: Path) -> None:
    with kept(tmp_path) as served:
        desk = Desk(Corpus(served.library, served.embedder), WordQuoter(), threshold=0.0)
        with serving(lambda: create_app(AtDesk(desk), served.site)) as address:
            page = watch(f"{address}/library", extra_http_headers=ANN).page
            expect(page.locator("#tally")).to_contain_text("There are no documents here yet. Add some")
            expect(page.locator("#roots")).to_be_hidden()
            page.get_by_role("link", name="Nobody may read it").click()
            expect(page.locator("#tally")).to_have_text("There are none of these.")
            assert violations(page) == []
    page.get_by_role("link", name="Searchable").click()
    expect(page.locator("#failure")).to_have_text("The server cannot be reached. Check the connection and try again.")
    assert violations(page) == []


def test_whoever_is_no_librarian_reads_who_is(watch: Watch, archive: Archive) -> None:
    page = watch(archive.page, extra_http_headers=BOB, width=320).page
    expect(page.locator("main")).to_contain_text("Only librarians may see what the library holds.")
    assert violations(page) == []
    check_no_sideways_scroll(page)


def test_without_scripts_the_page_says_what_does_the_same(watch: Watch, archive: Archive) -> None:
    page = watch(archive.page, extra_http_headers=ANN, java_script_enabled=False).page
    expect(page.locator("noscript .notice")).to_contain_text("onrecord add")
