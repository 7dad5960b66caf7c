// One document as librarians see it: whose words, who may read it, what it fed; and the way to remove it, asked twice.

import { number, shortDay, shortMoment } from "./library-figures.js";
import { readers, state, titleOf } from "./library-row.js";
import { fetched, json, told } from "./server.js";
import { make } from "./shared/elements.js";
import { count, say } from "./words.js";

export class Details {
  #dialog;
  #heard;
  #id = null;
  #removing = null;

  // `dialog` is the element; `heard`: removing(id, title, job) and closed(id).
  constructor(dialog, heard) {
    this.#dialog = dialog;
    this.#heard = heard;
    dialog.addEventListener("close", () => this.#heard.closed(this.#id));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  async open(id) {
    this.#id = id;
    const [heading, body] = this.#begun();
    try {
      const each = await json(`/api/v1/library/documents/${id}`);
      heading.textContent = titleOf(each);
      body.append(attribution(each), this.#tools(each));
    } catch (failure) {
      heading.textContent = say("libraryDocument");
      body.append(problem(failure.status === 404 ? say("libraryGone") : told(failure)));
    }
  }

  close() {
    if (this.#dialog.open) {
      this.#dialog.close();
    }
  }

  // The sheet before it is known what stands in it: its heading, and the place for the rest.
  #begun() {
    const close = button("close", "close", () => this.close());
    const heading = make("h2", { id: "details-name", tabindex: "-1", dir: "auto" }, say("libraryOpening"));
    const body = make("div");
    const bar = make("div", { class: "bar" }, heading, close);
    this.#dialog.replaceChildren(make("div", { class: "sheet" }, bar, body));
    if (!this.#dialog.open) {
      this.#dialog.showModal();
    }
    heading.focus();
    return [heading, body];
  }

  #tools(each) {
    const box = make("div", { class: "tools" });
    const remove = button("remove", "libraryRemove", () => this.#asked(box, each));
    const elsewhere = { class: "open", href: `/source/${each.id}`, target: "_blank", rel: "noopener" };
    const open = each.readable && make("a", elsewhere, say("libraryOpen"));
    box.append(...[open, remove].filter(Boolean));
    return box;
  }

  // What cannot be left half done is asked about first; to keep the document is what Enter does.
  #asked(box, each) {
    const keep = button("keep", "keep", () => this.#kept(box, each));
    const yes = button("danger", "libraryRemoveYes", () => this.#remove(box, each));
    const sure = make("div", { class: "sure", role: "group", "aria-labelledby": "sure-name" },
      make("h3", { id: "sure-name" }, say("libraryRemoveSure")),
      make("ul", {}, consequences(each).map((words) => make("li", {}, words))),
      make("div", { class: "choice" }, keep, yes));
    box.replaceChildren(sure);
    keep.focus();
  }

  #kept(box, each) {
    const tools = this.#tools(each);
    box.replaceWith(tools);
    tools.querySelector(".remove").focus();
  }

  async #remove(box, each) {
    if (this.#removing === each.id) {
      return;
    }
    this.#removing = each.id;
    try {
      const response = await fetched(`/api/v1/library/documents/${each.id}`, { method: "DELETE" });
      this.#heard.removing(each.id, titleOf(each), (await response.json()).job);
      this.close();
    } catch (failure) {
      box.querySelector(".failure")?.remove();
      box.append(problem(told(failure)));
    } finally {
      this.#removing = null;
    }
  }
}

// What goes when this document goes, one sentence each.
function consequences({ fed, state: which }) {
  return [
    say(which === "hidden" ? "libraryGoesHidden" : "libraryGoesText"),
    fed.answers ? count("libraryGoesQuotes", fed.answers, { n: number(fed.answers) }) : say("libraryGoesNoQuotes"),
    say("libraryGoesSync"),
  ];
}

function attribution(each) {
  const { fed } = each;
  const answers = count("libraryFedCount", fed.answers, { n: number(fed.answers) });
  return make("dl", {},
    fact("libraryState", state(each.state)),
    fact("libraryReaders", readers(each)),
    fact("libraryPublisher", own(each.publisher)),
    each.author && fact("libraryAuthor", own(each.author)),
    fact("libraryPublished", each.published ? time(each.published, shortDay) : say("undated")),
    fact("libraryCollection", own(each.collection)),
    fact("libraryKind", own(each.kind)),
    fact("libraryLength", count("libraryCharacters", each.characters, { n: number(each.characters) })),
    fact("libraryAdded", each.added ? time(each.added, shortMoment) : say("libraryNone")),
    fact("libraryFed", fed.answers ? `${answers} ${last(fed)}` : say("libraryFedNone")),
    fact("libraryAddress", make("span", { class: "uri", dir: "ltr" }, each.uri)));
}

const fact = (key, value) => make("div", { class: key }, make("dt", {}, say(key)), make("dd", {}, value));
const button = (kind, key, onclick) => make("button", { type: "button", class: kind, onclick }, say(key));
const time = (iso, written) => make("time", { datetime: iso }, written(iso));
const last = (fed) => say("libraryFedLast", { when: shortMoment(fed.last) });
const own = (text) => (text ? make("span", { dir: "auto" }, text) : say("libraryNone"));
const problem = (words) => make("p", { class: "failure", role: "alert" }, words);
