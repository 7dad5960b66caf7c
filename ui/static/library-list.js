// The list as it is on the page: the rows of what is wanted, page by page, and what is said of how many there are.

import { isPlain } from "./library-address.js";
import { first } from "./library-first.js";
import { isDocuments, kindOf, PAGE, question } from "./library-kinds.js";
import { number } from "./library-figures.js";
import { Pages } from "./library-pages.js";
import { heading, row, state } from "./library-row.js";
import { stepping } from "./library-steps.js";
import { json, told } from "./server.js";
import { make } from "./shared/elements.js";
import { count, say } from "./words.js";

export class List {
  #parts;
  #heard;
  #pages = null;
  #coming = null;
  #wanted = null;
  #counts = null;

  // `parts`: the elements table, more, earlier, tally, advice and failure. `heard`: counted(counts), known(readers,
  // collections), opened(id), restored(removal) and said(sentence).
  constructor(parts, heard) {
    this.#parts = parts;
    this.#heard = heard;
    parts.more.addEventListener("click", () => this.#further("more"));
    parts.earlier.addEventListener("click", () => this.#further("earlier"));
    stepping(parts.table);
    parts.table.addEventListener("click", (event) => this.#clicked(event));
  }

  // Show what is wanted from its first row on; `aloud` says how much of it there is. Where it `yields`, it leaves the
  // list as it is if somebody would lose their place in it. Whether it is shown.
  async show(wanted, { aloud = false, yields = false } = {}) {
    const kind = kindOf(wanted);
    const body = make("div", { class: "pages" });
    const pages = new Pages(body, (cursor, at, signal) => this.#fetched(kind, wanted, cursor, at, signal));
    this.#coming?.leave();
    this.#pages?.leave();
    this.#coming = pages;
    this.#parts.table.setAttribute("aria-busy", "true");
    return this.#tried(async () => {
      if (!(await pages.begin())) {
        return false;
      }
      this.#parts.table.removeAttribute("aria-busy");
      if (yields && this.#isInUse) {
        return false;
      }
      this.#wanted = wanted;
      this.#pages = pages;
      this.#placed(kind, body);
      // The counts come with documents; beside another list they are asked for by themselves.
      await (isDocuments(kind) || this.recount());
      this.#heard.said(aloud ? this.#parts.tally.textContent : "");
      return true;
    });
  }

  get #isInUse() {
    const { table } = this.#parts;
    return table.contains(document.activeElement) || table.querySelectorAll(".page").length > 1;
  }

  // Ask how much there is of what.
  recount() {
    return this.#tried(async () => {
      this.#counted((await json("/api/v1/library?limit=1")).counts);
      if (this.#wanted) {
        this.#tallied();
      }
    });
  }

  // Say of a document that it is being removed, or again what it was.
  mark(id, removing) {
    const found = this.#row(id);
    found?.querySelector(".state").replaceWith(state(removing ? "removing" : found.dataset.state));
  }

  // Take a row away; the focus, if it was there, goes to the next one.
  take(id) {
    const gone = this.#row(id);
    const next = gone?.contains(document.activeElement) ? this.#beside(gone) : null;
    gone?.remove();
    next?.focus();
    if (this.#rows === 0 && (this.#pages.hasMore || this.#pages.hasEarlier)) {
      this.#begun(next !== null);
    } else {
      this.#tallied();
    }
  }

  // Every row that was there is gone, and there are others.
  async #begun(isFollowed) {
    if ((await this.show(this.#wanted)) && isFollowed) {
      this.#parts.table.querySelector("a, button")?.focus();
    }
  }

  get #rows() {
    return this.#parts.table.querySelectorAll(".page > [role=row]").length;
  }

  // Put the focus on the row of this document, or on the list.
  focus(id) {
    (this.#row(id)?.querySelector("a") ?? this.#parts.table).focus();
  }

  async #fetched(kind, wanted, cursor, at, signal) {
    const asked = question(kind, wanted, cursor, PAGE);
    const answer = (await first(asked)) ?? (await json(asked, { signal }));
    const found = answer[kind.field];
    if (!signal.aborted && isDocuments(kind)) {
      this.#counted(answer.counts);
      this.#heard.known(found.flatMap((each) => each.readers), found.map((each) => each.collection));
    }
    const given = { wanted, restore: this.#heard.restored };
    const rows = found.map((each, index) => row(kind, each, at * PAGE + index, given));
    return { element: make("div", { role: "rowgroup", class: "page", tabindex: -1 }, rows), next: answer.next };
  }

  #counted(counts) {
    this.#counts = counts;
    this.#heard.counted(counts);
  }

  #placed(kind, body) {
    const { table, advice } = this.#parts;
    table.className = `rows ${kind.field}`;
    table.replaceChildren(heading(kind), body);
    table.setAttribute("aria-label", say(kind.name));
    advice.textContent = kind.advice ? say(kind.advice) : "";
    advice.hidden = !kind.advice;
    this.#tallied();
  }

  #tallied() {
    const { table, more, earlier, tally } = this.#parts;
    const kind = kindOf(this.#wanted);
    const rows = this.#rows;
    const first = this.#pages.first * PAGE;
    const whole = !this.#pages.hasEarlier && !this.#pages.hasMore;
    more.hidden = !this.#pages.hasMore;
    earlier.hidden = !this.#pages.hasEarlier;
    table.hidden = rows === 0;
    const { state: part, words, collection } = this.#wanted;
    const narrowed = words.trim() || (isDocuments(kind) && collection);
    const total = whole ? rows : narrowed ? null : kind.total(this.#counts ?? {}, part);
    table.setAttribute("aria-rowcount", String(total === null ? -1 : total + 1));
    const none = narrowed ? "libraryNoMatch" : kind.none(part);
    tally.textContent = rows === 0 ? say(none) : range(first, rows, total, whole);
  }

  async #further(way) {
    await this.#tried(async () => {
      const page = await this.#pages[way]();
      if (page) {
        this.#tallied();
        const stops = [...page.querySelectorAll("a, button")];
        ((way === "more" ? stops[0] : stops.at(-1)) ?? page).focus();
        this.#heard.said(this.#parts.tally.textContent);
      }
    });
  }

  // Say what could not be done.
  failed(failure) {
    this.#parts.failure.textContent = told(failure);
    this.#parts.failure.hidden = false;
    this.#parts.table.removeAttribute("aria-busy");
  }

  async #tried(work) {
    this.#parts.failure.hidden = true;
    try {
      return await work();
    } catch (failure) {
      this.failed(failure);
      return false;
    }
  }

  #clicked(event) {
    const link = event.target.closest("a[data-document]");
    if (link && isPlain(event)) {
      event.preventDefault();
      this.#heard.opened(link.dataset.document);
    }
  }

  #row(id) {
    return id ? this.#parts.table.querySelector(`[data-id="${CSS.escape(id)}"]`) : null;
  }

  #beside(gone) {
    const stops = [...this.#parts.table.querySelectorAll("a, button")];
    const at = stops.findIndex((stop) => gone.contains(stop));
    return stops[at + 1] ?? stops[at - 1] ?? this.#parts.tally;
  }
}

function range(first, rows, total, whole) {
  if (whole) {
    return count("libraryCount", rows, { n: number(rows) });
  }
  const span = { from: number(first + 1), to: number(first + rows) };
  return total === null ? say("libraryRange", span) : say("libraryRangeOf", { ...span, total: number(total) });
}
