// The conversation: questions and answers as they come, kept on the server and taken up again from there.

import { make } from "./elements.js";
import { Asking } from "./asking.js";
import { told } from "./failing.js";
import { Turn } from "./turn.js";

export class Conversation {
  #asking = null;
  #id = null;
  #begun = 0;

  // `tools` as for a Turn; `parts` are the elements {log, welcome, searching,
  // announcer} and what is done there: {top, progress, written, announce, focus, onchange}.
  constructor(tools, parts) {
    this.tools = tools;
    this.parts = parts;
  }

  get isBusy() {
    return this.#asking !== null;
  }

  get id() {
    return this.#id;
  }

  get isEmpty() {
    return !this.parts.log.firstChild;
  }

  async ask(question) {
    const turn = this.#added(new Turn(question, this.tools));
    this.parts.written(null);
    const asking = (this.#asking = new Asking(this.tools.session));
    const begun = (this.#begun += 1);
    this.#progress(this.#say("searching"));
    this.parts.searching.textContent = this.#say("searching");
    try {
      for await (const { name, value } of asking.events(question, this.#id ?? "new")) {
        if (begun !== this.#begun) {
          return;
        }
        this.#take(turn, name, value);
      }
      this.#answered(turn);
    } catch (failure) {
      this.#ended(turn, asking, failure, begun);
    } finally {
      if (this.#asking === asking) {
        this.#asking = null;
        this.#progress("");
        this.parts.searching.textContent = "";
      }
    }
  }

  stop() {
    this.#asking?.stop();
  }

  // Nothing of the last one is shown any more; it stays in the history.
  begin() {
    this.#begun += 1;
    this.parts.written(null);
    this.stop();
    this.#asking = null;
    this.#id = null;
    this.parts.log.replaceChildren();
    this.parts.welcome.hidden = false;
    this.parts.announcer.textContent = this.parts.searching.textContent = "";
    this.#progress("");
  }

  // A kept conversation, as far as it may still be read.
  async resume(id) {
    const begun = this.#begun;
    const held = await this.tools.session.json(`/api/v1/history/${encodeURIComponent(id)}`);
    if (begun !== this.#begun) {
      return;
    }
    this.begin();
    this.#id = held.id;
    held.turns.forEach((each) => this.#shown(each));
    if (!this.isEmpty) {
      this.parts.top(this.parts.log.lastChild);
    }
  }

  #say(key, values) {
    return this.tools.wording.say(key, values);
  }

  #added(turn) {
    this.parts.welcome.hidden = true;
    this.parts.announcer.textContent = "";
    this.parts.log.append(turn.element);
    this.parts.top(turn.element);
    return turn;
  }

  #shown({ turn: id, question, as_of: asOf, answer, removed }) {
    const turn = new Turn(question, this.tools, asOf);
    this.parts.welcome.hidden = true;
    this.parts.log.append(turn.element);
    turn.finish(answer);
    if (removed) {
      turn.removed();
    }
    if (!answer.stopped) {
      turn.judged(id);
    }
  }

  #take(turn, name, value) {
    turn.take(name, value);
    if (name === "sentence") {
      this.parts.written(turn.prose.querySelector(".step"));
    }
    if (name === "kept") {
      this.parts.onchange();
    } else if (name === "evidence") {
      // From here on it is kept, also if it is stopped.
      this.#id = turn.kept?.conversation ?? null;
      this.#progress(this.#say("comparing"));
    } else if (name === "writing" && turn.evidence.length) {
      this.#progress(this.#say(value.words ? "writingWords" : "writing", { count: value.words }));
    }
  }

  #answered(turn) {
    const { conversation, turn: id } = turn.answer;
    this.parts.searching.textContent = "";
    if (id) {
      this.#id = conversation;
      turn.judged(id);
    }
    this.parts.announce(turn.spoken);
    this.parts.onchange();
  }

  #ended(turn, asking, failure, begun) {
    if (begun !== this.#begun) {
      return;
    }
    if (asking.isStopped) {
      turn.stop();
      return;
    }
    const isGone = failure.status === 404;
    if (isGone) {
      this.#id = null;
    }
    const retry = make("button", { type: "button", class: "retry", onclick: () => this.#retry(turn) }, this.#say("retry"));
    turn.fail(isGone ? this.#say("gone") : told(failure, this.tools.wording), ...this.#remedies(failure), retry);
  }

  #remedies(failure) {
    return failure.kind === "signed-out"
      ? [make("a", { href: "/", target: "_blank", rel: "noopener", class: "sign-in" }, this.#say("signIn"))]
      : [];
  }

  #retry(turn) {
    if (this.isBusy) {
      return;
    }
    turn.element.remove();
    this.parts.focus();
    this.ask(turn.question);
  }

  #progress(text) {
    this.parts.progress(text);
  }
}
