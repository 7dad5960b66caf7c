// A document in place of the conversation, the quote lit in it if those words still stand there.

import { make } from "./elements.js";
import { told } from "./failing.js";

export class Source {
  #opener = null;

  // `covers` is what lies behind it, and is out of reach while it is open.
  constructor({ wording, session, quotes }, pane, covers) {
    this.wording = wording;
    this.session = session;
    this.quotes = quotes;
    this.pane = pane;
    this.covers = covers;
  }

  get isOpen() {
    return !this.pane.hidden;
  }

  async open(evidence, opener) {
    this.#opener = opener;
    opener.setAttribute("aria-current", "true");
    const back = make("button", { type: "button", class: "back", onclick: () => this.close() }, this.wording.say("back"));
    const body = make("div", { class: "document", tabindex: 0, role: "region", "aria-label": this.wording.say("source") },
      make("p", { class: "busy", role: "status" }, this.wording.say("opening")));
    this.pane.replaceChildren(make("div", { class: "bar" }, back), body);
    this.pane.hidden = false;
    this.covers.forEach((each) => (each.inert = true));
    back.focus();
    await this.#fill(evidence, opener, body);
  }

  close() {
    this.pane.hidden = true;
    this.covers.forEach((each) => (each.inert = false));
    const opener = this.#opener;
    this.#opener = null;
    opener?.removeAttribute("aria-current");
    opener?.focus();
  }

  async #fill(evidence, opener, body) {
    let document = null;
    let failure = null;
    try {
      document = await this.session.json(`/api/v1/source/${encodeURIComponent(evidence.document)}`);
    } catch (error) {
      failure = error;
    }
    if (this.#opener !== opener || !body.isConnected) {
      return;
    }
    if (failure) {
      const message = failure.status === 404 ? this.wording.say("noDocument") : told(failure, this.wording);
      body.replaceChildren(make("p", { class: "failure", role: "alert" }, message));
      return;
    }
    this.#show(document, evidence, body);
  }

  #show(document, evidence, body) {
    const { start, end, quote } = evidence;
    const stands = standsAt(document.paragraphs, start, end, quote);
    const lang = document.language || undefined;
    body.setAttribute("aria-label", document.title || document.uri);
    body.replaceChildren(
      make("h2", { dir: "auto", lang }, document.title || document.uri),
      make("p", { class: "by" }, [document.publisher, document.author, document.published ? this.wording.day(document.published) : this.wording.say("undated")]
        .filter(Boolean).flatMap((each, at) => [at ? ", " : "", make("span", { dir: "auto" }, each)])),
      make("p", { class: "uri", dir: "auto" }, document.uri),
      stands ? "" : make("p", { class: "older", role: "note" }, this.wording.say("changed")),
      make("article", { lang }, document.paragraphs.map((each) => paragraph(each, stands ? [start, end] : null))));
    settle(body);
  }
}

// Whether the characters from `start` to `end` of a document are `quote`. Offsets count characters, not the halves that
// JavaScript counts; what stands between paragraphs is blank.
export function standsAt(paragraphs, start, end, quote) {
  const letters = [...quote];
  if (!letters.length || letters.length !== end - start) {
    return false;
  }
  let at = start;
  for (const each of paragraphs.filter((one) => one.end > start && one.start < end)) {
    const [from, to] = [Math.max(each.start, start), Math.min(each.end, end)];
    const between = letters.slice(at - start, from - start).join("");
    const here = [...each.text].slice(from - each.start, to - each.start).join("");
    if (between.trim() || here !== letters.slice(from - start, to - start).join("")) {
      return false;
    }
    at = to;
  }
  return at > start && !letters.slice(at - start).join("").trim();
}

// One paragraph, cut where the light begins and ends.
function paragraph({ start, end, text, heading }, lit) {
  const name = heading ? { class: "heading", dir: "auto" } : { dir: "auto" };
  const [from, to] = lit ? [Math.max(start, lit[0]), Math.min(end, lit[1])] : [0, 0];
  if (from >= to) {
    return make("p", name, text);
  }
  const letters = [...text];
  const piece = (a, b) => letters.slice(a - start, b - start).join("");
  return make("p", name, piece(start, from), make("mark", {}, piece(from, to)), piece(to, end));
}

// A quote that can be seen with the title above it needs no scrolling.
function settle(body) {
  const mark = body.querySelector("mark");
  if (mark && mark.getBoundingClientRect().bottom > Math.min(body.getBoundingClientRect().bottom, innerHeight)) {
    mark.scrollIntoView({ block: "center" });
  }
}
