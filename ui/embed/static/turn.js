// One question with what becomes of it. What is shown only ever grows at its end: the quotes, then the sentences that a
// model wrote and that were checked against them, then what is to be said of it all.

import { make, unseen } from "./elements.js";
import { isQuote } from "./layout.js";
import { verdict } from "./verdict.js";

const FULL = 2;
const COMPARING = 250;
const LED = new Set(["yes_no", "who", "when", "how_many"]);

export class Turn {
  // `tools`: {wording, quotes, linkHosts, session, writes}.
  constructor(question, tools, asOf = null) {
    this.question = question;
    this.tools = tools;
    this.say = (key, values) => tools.wording.say(key, values);
    this.evidence = [];
    this.compared = {};
    this.laid = false;
    this.writes = tools.writes;
    this.dropped = [];
    this.kept = null;
    this.lines = [];
    this.heading = make("h3", { dir: "auto" }, question);
    this.notes = make("div", { class: "notes" }, asOf && make("p", { class: "note" }, this.say("asOf", { date: tools.wording.day(asOf) })));
    this.found = make("div", { class: "found" });
    this.prose = make("div", { class: "prose" });
    this.end = make("div", { class: "end" });
    this.element = make("section", { class: "turn searching" }, this.heading, this.notes, this.found, this.prose, this.end);
  }

  // One event of the answer's stream.
  take(name, data) {
    const heard = {
      kept: () => (this.kept = data),
      understood: () => this.#understood(data.question),
      evidence: () => this.#evidence(data.evidence),
      compared: () => (this.compared = data),
      writing: () => this.#writing(),
      sentence: () => this.#sentence(data),
      dropped: () => this.dropped.push(data),
      answer: () => this.finish(data),
    };
    heard[name]?.();
  }

  // The whole answer, streamed or kept.
  finish(answer) {
    clearTimeout(this.timer);
    this.answer = answer;
    this.#understood(answer.question);
    const { evidence } = answer;
    const borne = answer.sentences.filter((each) => each.support !== "unsupported");
    const prose = borne.filter((each) => !isQuote(each, evidence));
    this.element.className = `turn ${answer.status}`;
    if (answer.status === "abstained") {
      this.found.replaceChildren(...this.#abstention(answer.related));
    } else if (!this.laid) {
      this.evidence = evidence;
      this.compared = answer;
      this.writes = prose.length > 0;
      this.#lay(prose.length ? [] : borne.map((each) => each.citations[0]));
    }
    prose.slice(this.lines.length).forEach((each) => this.#line(each));
    if (this.writes) {
      this.#unfold();
    }
    if (LED.has(answer.form)) {
      this.prose.querySelector(".line")?.classList.add("lead");
    }
    this.#conclude(answer, prose);
  }

  // It came to nothing more, and this is why; what was found stays.
  fail(message, ...remedies) {
    this.#settle("failed");
    this.end.append(make("div", { class: "failure", role: "alert" }, make("p", {}, message), make("p", { class: "remedies" }, remedies)));
  }

  stop() {
    this.#settle("stopped");
    this.end.append(make("p", { class: "remark" }, this.say("stopped")));
  }

  // Something of it was taken out, since its documents may not be read any more.
  removed() {
    const { evidence, related } = this.answer;
    if (!evidence.length && !related.length) {
      // Neither "what the documents say" nor "no passage came near" is true of what was taken out.
      this.found.replaceChildren(...this.found.querySelectorAll(".verdict"));
    }
    this.end.prepend(make("p", { class: "remark" }, this.say("removed")));
  }

  judged(turn) {
    this.end.append(verdict(turn, this.tools));
  }

  // What a screen reader is told of the whole answer, as plain text.
  get spoken() {
    const { status, related } = this.answer;
    if (status === "abstained") {
      return [this.say("abstained"), related.length ? this.say("nearest") : ""].join(" ").trim();
    }
    const said = this.lines.length ? this.lines.map(plain) : this.evidence.map((each) => each.quote);
    const counted = this.lines.length ? [] : [this.#tally()];
    return [this.say("answer"), ...said, ...counted].join(" ");
  }

  #settle(state) {
    clearTimeout(this.timer);
    if (!this.laid && this.evidence.length) {
      this.#lay();
    }
    this.element.className = `turn ${state}`;
    this.#unfold();
  }

  // Where no prose came, every quote is the answer.
  #unfold() {
    const more = this.found.querySelector(".more");
    if (more && !this.lines.length) {
      more.open = true;
    }
  }

  #understood(question) {
    if (question && question !== this.question.trim() && !this.element.querySelector(".understood")) {
      // Known only at the end, it stands there: above the quotes it would move them.
      const place = this.laid ? this.end : this.notes;
      place.append(make("p", { class: "note understood" }, this.say("readAs"), " ", make("span", { dir: "auto" }, question)));
    }
  }

  // How the quotes stand to each other is known a moment later; they are shown with that, so that none has to move.
  #evidence(evidence) {
    this.evidence = evidence;
    this.timer = setTimeout(() => this.#lay(), COMPARING);
  }

  // A model that is heard of before there are quotes is only understanding the question.
  #writing() {
    if (this.evidence.length) {
      this.writes = true;
      this.laid || this.#lay();
    }
  }

  #lay(named = []) {
    clearTimeout(this.timer);
    this.laid = true;
    this.element.classList.replace("searching", "laid");
    const full = this.writes ? FULL : Infinity;
    this.found.replaceChildren(
      make("p", { class: "step" }, this.say("quotes")),
      this.tools.quotes.brief(this.evidence, this.compared, named, full));
  }

  #sentence(sentence) {
    if (sentence.support !== "unsupported" && !isQuote(sentence, this.evidence)) {
      this.#writing();
      this.#line(sentence);
    }
  }

  #line(sentence) {
    if (!this.lines.length) {
      this.prose.append(make("p", { class: "step", tabindex: -1 }, this.say("checkedAnswer")));
    }
    this.lines.push(sentence);
    const quoted = sentence.support === "quoted";
    const mark = make("span", { class: "checked" }, quoted ? "”" : "✓", unseen(` ${this.say(quoted ? "quotedFrom" : "checkedAgainst")}`));
    const [first, ...others] = sentence.citations.map((number) => this.tools.quotes.cite(number, this.evidence));
    this.prose.append(make("p", { class: "line", dir: "auto" }, runs(sentence, this.tools.linkHosts), "\u00a0",
      make("span", { class: "stuck" }, mark, "\u00a0", first), others.map((each) => [" ", each])));
  }

  #abstention(related) {
    return [
      make("p", { class: "verdict" }, this.say("abstained")),
      make("p", { class: "note" }, this.say(related.length ? "nearest" : "nothingNear")),
      ...(related.length ? [this.tools.quotes.related(related)] : []),
    ];
  }

  #conclude(answer, prose) {
    const bare = answer.sentences.filter((each) => each.support === "unsupported");
    const left = [...answer.dropped, ...bare.map((each) => ({ text: each.text, reason: this.say("unborne") }))];
    this.end.append(...[
      answer.notice && make("p", { class: "remark", dir: "auto" }, answer.said?.notice ?? answer.notice),
      answer.stopped && make("p", { class: "remark" }, this.say("stopped")),
      left.length > 0 && this.#leftOut(left),
      answer.status === "answered" && answer.evidence.length > 0 && make("p", { class: "tally" }, this.#tally()),
    ].filter(Boolean));
  }

  #leftOut(left) {
    return make("details", { class: "left-out" },
      make("summary", {}, this.say("leftOut", { count: left.length })),
      make("ul", {}, left.map((each) => make("li", {}, make("q", { dir: "auto" }, each.text), " ", make("span", { class: "reason", dir: "auto" }, each.said?.reason ?? each.reason)))));
  }

  #tally() {
    const documents = new Set(this.answer.evidence.map((each) => each.document)).size;
    return this.say("tally", {
      quotes: this.say("quoteCount", { count: this.answer.evidence.length }),
      documents: this.say("documentCount", { count: documents }),
    });
  }
}

const STYLES = ["strong", "em", "code"];

// A sentence's runs as elements; a link leads where the server said, if that is a host which this chat lists.
function runs(sentence, linkHosts) {
  const pieces = sentence.runs?.length ? sentence.runs : [{ text: sentence.text, style: [], href: null }];
  return pieces.map(({ text, style, href }) => {
    const inner = STYLES.filter((each) => style.includes(each)).reduce((inside, each) => make(each, {}, inside), text);
    return href && leads(href, linkHosts) ? make("a", { href, target: "_blank", rel: "noopener noreferrer" }, inner) : inner;
  });
}

function leads(href, linkHosts) {
  const address = URL.canParse(href) ? new URL(href) : null;
  return address?.protocol === "https:" && linkHosts.includes(address.hostname);
}

const plain = (sentence) => (sentence.runs?.length ? sentence.runs.map((run) => run.text).join("") : sentence.text);
