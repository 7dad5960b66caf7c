// The conversations that are kept of whoever asks here: to open one again, and to delete one or all of them.

import { make } from "./elements.js";
import { told } from "./failing.js";

const PAGE = 20;

export class History {
  #opener = null;

  // `open(id)` shows a conversation; `gone(id)` hears of one that was deleted, or of all by null.
  constructor({ wording, session }, pane, covers, { open, gone }) {
    Object.assign(this, { wording, session, pane, covers, opened: open, gone });
  }

  get isOpen() {
    return !this.pane.hidden;
  }

  async open(opener) {
    this.#opener = opener;
    const back = make("button", { type: "button", class: "back", onclick: () => this.close() }, this.#say("back"));
    this.list = make("ul", { class: "kept" });
    this.state = make("p", { class: "note", role: "status" }, this.#say("loading"));
    this.foot = make("div", { class: "foot" });
    this.pane.replaceChildren(make("div", { class: "bar" }, back),
      make("div", { class: "document" }, make("h2", {}, this.#say("history")), this.state, this.list, this.foot));
    this.pane.hidden = false;
    this.covers.forEach((each) => (each.inert = true));
    opener.setAttribute("aria-expanded", "true");
    back.focus();
    await this.#page(null);
  }

  close() {
    this.pane.hidden = true;
    this.covers.forEach((each) => (each.inert = false));
    this.#opener?.setAttribute("aria-expanded", "false");
    this.#opener?.focus({ preventScroll: true });
    this.#opener = null;
  }

  #say(key, values) {
    return this.wording.say(key, values);
  }

  async #page(before) {
    const list = this.list;
    await this.#tried(async () => {
      const query = new URLSearchParams({ limit: PAGE, ...(before && { before }) });
      const { conversations, next } = await this.session.json(`/api/v1/history?${query}`);
      if (list !== this.list) {
        return;
      }
      const rows = conversations.map((each) => this.#row(each));
      const goesOn = this.foot.contains(document.activeElement);
      list.append(...rows);
      this.#counted();
      this.foot.replaceChildren(...[
        next && this.#button("older", () => this.#page(next)),
        list.firstChild && this.#asked("deleteAll", "deleteAllSure", "", () => this.#deleteAll()),
      ].filter(Boolean));
      if (goesOn) {
        (rows[0] ?? this.pane).querySelector("button").focus();
      }
    });
  }

  #row({ id, title, changed, turns }) {
    const row = make("li", {},
      make("button", { type: "button", class: "title", onclick: () => this.#tried(() => this.opened(id)) },
        make("span", { dir: "auto" }, title),
        make("span", { class: "when" }, `${this.wording.moment(changed)} · ${this.#say("questionCount", { count: turns })}`)),
      this.#asked("delete", "deleteSure", title, () => this.#delete(id, row)));
    return row;
  }

  // A button that asks before it does what cannot be undone, in its own place.
  #asked(key, sure, about, done) {
    const box = make("div", { class: "asked" });
    const label = about && `${this.#say(key)}: ${about}`;
    const first = make("button", { type: "button", class: "delete", "aria-label": label || null, onclick: ask }, this.#say(key));
    const yes = this.#button("deleteYes", done);
    const no = this.#button("keep", () => {
      box.replaceChildren(first);
      first.focus();
    });
    const say = this.#say(sure);
    function ask() {
      box.replaceChildren(make("span", { role: "status" }, say), " ", yes, no);
      no.focus();
    }
    box.append(first);
    return box;
  }

  #button(key, onclick) {
    return make("button", { type: "button", onclick }, this.#say(key));
  }

  async #delete(id, row) {
    const next = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("button") ?? this.pane.querySelector(".back");
    await this.#tried(async () => {
      await this.session.fetch(`/api/v1/history/${encodeURIComponent(id)}`, { method: "DELETE" }).catch(passedOver);
      row.remove();
      next.focus();
      this.#counted();
      this.gone(id);
      if (!this.list.firstChild) {
        await this.#page(null);
      }
    });
  }

  async #deleteAll() {
    await this.#tried(async () => {
      await this.session.fetch("/api/v1/history", { method: "DELETE" });
      this.list.replaceChildren();
      this.foot.replaceChildren();
      this.pane.querySelector(".back").focus();
      this.#counted();
      this.gone(null);
    });
  }

  #counted() {
    this.state.className = "note";
    this.state.textContent = this.list.firstChild ? "" : this.#say("noHistory");
  }

  async #tried(work) {
    try {
      await work();
    } catch (failure) {
      this.state.className = "failure";
      this.state.textContent = failure.status === 404 ? this.#say("gone") : told(failure, this.wording);
    }
  }
}

// What is gone already need not be deleted.
function passedOver(failure) {
  if (failure.status !== 404) {
    throw failure;
  }
}
