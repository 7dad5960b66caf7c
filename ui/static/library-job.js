// One job on the page: what is done, how far it is, and what became of each file.

import { number } from "./library-figures.js";
import { make } from "./shared/elements.js";
import { sentence } from "./shared/failing.js";
import { count, say } from "./words.js";

// What can become of a file: how one is told of, and several are counted.
const STATUSES = {
  added: ["libraryStatusAdded", "libraryCountAdded"],
  changed: ["libraryStatusChanged", "libraryCountChanged"],
  removed: ["libraryStatusRemoved", "libraryCountRemoved"],
  refused: ["libraryStatusRefused", "libraryCountRefused"],
  unchanged: [null, "libraryCountUnchanged"],
};
const MOST = 200;

export class Job {
  #parts;
  #counts = new Map();
  #reasons = [];
  #told = null;

  // `what` is what is being done, as a sentence. `template` holds the empty item.
  constructor(what, template) {
    this.element = template.content.firstElementChild.cloneNode(true);
    this.what = what;
    const [bar, name, how, outcomes] = ["progress", ".what", ".how", ".outcomes"].map((each) => this.element.querySelector(each));
    this.#parts = { bar, how, outcomes };
    name.textContent = what;
    bar.setAttribute("aria-label", what);
    how.textContent = say("libraryWaiting");
  }

  // Nothing is known of it yet: its stream begins, or begins again.
  begin() {
    this.#reasons.length = 0;
    this.#parts.outcomes.replaceChildren();
  }

  // How far it is: {state, total, done, chunks, reason}, where `reason` is why it waits or what came of it.
  progress({ state, total, done, chunks, reason }) {
    const { bar, how } = this.#parts;
    this.#told = reason;
    if (total) {
      bar.max = total;
      bar.value = Math.min(done ?? 0, total);
    }
    if (state === "waiting") {
      how.textContent = reason ? sentence(reason) : say("libraryWaiting");
    } else if (state === "embedding") {
      how.textContent = count("libraryEmbedding", chunks ?? 0, { n: number(chunks ?? 0) });
    } else if (state === "reading") {
      how.textContent = total ? say("libraryReadingOf", { done: number(done ?? 0), total: number(total) }) : say("libraryReading");
    }
  }

  // What became of one file: {name, uri, status, reason}.
  file({ name, uri, status, reason }) {
    if (this.#parts.outcomes.children.length >= MOST) {
      this.#parts.outcomes.firstElementChild.remove();
    }
    if (status === "refused" && reason) {
      this.#reasons.push(sentence(reason));
    }
    const words = make("span", { class: "status" }, say(STATUSES[status][0]));
    const why = reason && make("span", { class: "reason", dir: "auto" }, sentence(reason));
    const what = make("span", { dir: "auto" }, name || uri);
    this.#parts.outcomes.append(make("li", { class: status }, words, " ", what, why && " ", why));
  }

  // How many files became what, by their status.
  counted(counts) {
    this.#counts = new Map(Object.entries(counts));
  }

  // It ended; `failure` is the sentence that says why it could not be done, null where it was.
  end(failure = null) {
    const { bar, how, outcomes } = this.#parts;
    bar.remove();
    how.textContent = failure ? sentence(failure) : this.summary;
    if (failure && this.#reasons.includes(sentence(failure))) {
      outcomes.replaceChildren();
      this.#reasons.length = 0;
    }
    this.element.classList.add("ended");
    this.isAmiss = Boolean(failure) || this.#counts.has("refused");
    this.element.classList.toggle("amiss", this.isAmiss);
    this.failure = failure;
  }

  // The whole of it in a sentence, with the reason where one file was refused.
  get summary() {
    const parts = Object.entries(STATUSES).filter(([status]) => this.#counts.get(status)).map(([status, [, key]]) =>
      count(key, this.#counts.get(status), { n: number(this.#counts.get(status)) }));
    const done = parts.length ? `${list(parts)}.` : say("libraryDone");
    const isTold = this.#told && [...this.#counts.keys()].every((status) => status === "removed");
    return isTold ? sentence(this.#told) : [done, this.#told && sentence(this.#told)].filter(Boolean).join(" ");
  }

  // What is said of it aloud.
  get said() {
    const why = this.#reasons.length === 1 ? ` ${this.#reasons[0]}` : "";
    return `${this.what}: ${this.failure ? sentence(this.failure) : this.summary}${why}`;
  }
}

function list(parts) {
  return new Intl.ListFormat(document.documentElement.lang || "en", { type: "conjunction" }).format(parts);
}
