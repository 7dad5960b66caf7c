// Quotes as a reader sees them: the exact words, who said them, who published them and when, and what has changed since.

import { make, unseen } from "./elements.js";
import { laidOut } from "./layout.js";

export class Quotes {
  // `open(evidence, button)` shows a quote in its document.
  constructor(wording, open) {
    this.wording = wording;
    this.open = open;
  }

  // All the quotes of an answer; where prose follows, the points of the first `full` in sight and the others to be
  // unfolded.
  brief(evidence, compared, named = [], full = Infinity) {
    const laid = laidOut(evidence, compared, named);
    const { say } = this;
    const shown = firstOf(laid.points, full);
    const more = [...laid.points.slice(shown.length), ...laid.others];
    const point = (each) => this.#point(each, laid, evidence);
    return make("div", { class: "brief" },
      laid.differing.map((each) => this.#differing(each, evidence)),
      laid.columns.length > 0 && make("div", { class: "sides" }, laid.columns.map((each) => this.#side(each, laid, evidence))),
      laid.columns.length > 0 && laid.points.length > 0 && make("h4", { class: "behind" }, say("alsoFound")),
      shown.map(point),
      more.length > 0 && make("details", { class: "more" },
        make("summary", {}, say("moreQuotes", { count: more.reduce((sum, each) => sum + each.quotes.length, 0) })),
        more.map(point)));
  }

  // The passages that came near a question that nothing answers.
  related(passages) {
    return make("ul", { class: "related" }, passages.map((each) => make("li", {},
      make("p", { dir: "auto" }, excerpt(each)),
      make("p", { class: "from" }, this.attribution(each), " ",
        make("button", { type: "button", class: "open", onclick: (event) => this.open({ ...each, quote: each.text }, event.currentTarget) },
          this.say("open"), unseen(` ${each.title ?? name(each)}`))))));
  }

  // The number of a quote as a button that opens it.
  cite(number, evidence) {
    const cited = evidence.find((each) => each.number === number);
    return cited && make("button", {
      type: "button", class: "cite", title: this.label(cited),
      onclick: (event) => this.open(cited, event.currentTarget),
    }, String(number), unseen(` ${this.say("openQuote")}`));
  }

  // Everything that tells a source from another, on one line.
  label(each) {
    const by = `${name(each)}, ${this.#day(each)}`;
    return each.title && each.title !== name(each) ? `${each.title} (${by})` : by;
  }

  attribution(each) {
    const title = each.title !== name(each) && each.title;
    return [
      make("span", { class: "by" },
        each.speaker && [make("strong", { dir: "auto" }, capital(each.speaker)), ", "],
        make("span", { dir: "auto" }, name(each)), ", ", this.#time(each)),
      title && [" ", make("cite", { dir: "auto" }, title)],
    ];
  }

  say = (key, values) => this.wording.say(key, values);

  #day(each) {
    return each.published ? this.wording.day(each.published) : this.say("undated");
  }

  #time(each) {
    return each.published
      ? make("time", { datetime: each.published }, this.#day(each))
      : make("span", { class: "undated" }, this.#day(each));
  }

  #point({ quotes, differing }, laid, evidence) {
    const cards = quotes.map((each) => this.#card(each, laid, evidence));
    if (quotes.length < 2 && !differing.length) {
      return cards;
    }
    const told = differing.map((each) => this.#differing(each, evidence));
    return make("div", { class: "point" }, told.length ? told : make("p", { class: "note" }, this.say("samePoint")), cards);
  }

  #side({ label, quotes }, laid, evidence) {
    return make("div", { class: "side" }, make("h4", { dir: "auto" }, label), quotes.map((each) => this.#card(each, laid, evidence)));
  }

  #card(each, laid, evidence) {
    const newer = laid.older.get(each.number);
    return make("figure", { class: newer ? "quote superseded" : "quote" },
      newer && this.#older(newer, evidence),
      each.changed && make("p", { class: "older" }, this.say("changed")),
      make("blockquote", { dir: "auto" }, stuck(each.quote, this.cite(each.number, evidence))),
      make("figcaption", {}, this.attribution(each)));
  }

  #older({ number, words }, evidence) {
    const newest = evidence.find((each) => each.number === number);
    const date = newest?.published;
    return make("p", { class: "older" },
      date ? this.say("olderNewer", { date: this.wording.day(date) }) : this.say("olderStatement"),
      words && [" ", make("q", { dir: "auto" }, words)], " ", this.cite(number, evidence));
  }

  #differing(statements, evidence) {
    const known = (number) => evidence.find((each) => each.number === number);
    return make("div", { class: "differing" }, make("h4", {}, this.say("differ")),
      make("ul", {}, statements.filter(({ number }) => known(number)).map(({ number, words }) => make("li", {},
        make("span", { dir: "auto" }, name(known(number))), ", ", this.#time(known(number)),
        words && [": ", make("q", { dir: "auto" }, words)], " ", this.cite(number, evidence)))));
  }
}

export const name = (each) => each.publisher || each.author || each.title || each.uri;
const capital = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);

// So many points, from the first on, that they have `full` quotes or more.
function firstOf(points, full) {
  let count = 0;
  return points.filter(({ quotes }) => {
    const isIn = count < full;
    count += quotes.length;
    return isIn;
  });
}

const LONGEST_WORD = 20;

// A text with a button at its end that no line begins with: browsers break before a button, whatever stands there.
function stuck(text, button) {
  const at = text.lastIndexOf(" ") + 1;
  const isShort = text.length - at <= LONGEST_WORD;
  return isShort ? [text.slice(0, at), make("span", { class: "stuck" }, text.slice(at), "\u00a0", button)] : [text, " ", button];
}

const LONGEST_EXCERPT = 240;

// The beginning of a passage on one line, cut between words.
function excerpt({ text, title }) {
  const lines = text.split("\n").filter((line) => line.replace(/^[ #]+|[ #]+$/g, "") !== title);
  const line = lines.join(" ").replace(/\s+/g, " ").trim();
  return line.length <= LONGEST_EXCERPT ? line : `${line.slice(0, LONGEST_EXCERPT).replace(/\s\S*$/, "")} …`;
}
