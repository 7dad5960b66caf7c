// The timeline as a table: the same statements, oldest first, those without a date last.

import { make } from "./shared/elements.js";
import { say } from "./words.js";

const COLUMNS = ["columnDate", "columnSpeaker", "columnPublisher", "columnQuote", "columnStanding"];

// The roles are said outright: where there is no room for columns a style sheet lays the cells out below each other, and
// browsers take a table without the look of one for none.
export function table(all) {
  const sorted = [...all].sort((a, b) => (a.iso || "9") < (b.iso || "9") ? -1 : 1);
  const heads = COLUMNS.map((key) => make("th", { scope: "col", role: "columnheader" }, say(key)));
  return make("table", { role: "table" },
    make("caption", { class: "unseen" }, say("timelineIs")),
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, heads)),
    make("tbody", { role: "rowgroup" }, sorted.map(row)));
}

function row(each) {
  const link = make("a", { class: "cite", href: each.link.getAttribute("href"), title: each.link.title },
    String(each.number), make("span", { class: "unseen" }, ` ${say("openQuote")}`));
  return make("tr", { role: "row" },
    make("th", { scope: "row", role: "rowheader" }, each.iso ? make("time", { datetime: each.iso }, each.day) : each.day),
    make("td", { role: "cell", dir: "auto" }, each.speaker || "–"),
    make("td", { role: "cell", dir: "auto" }, each.publisher),
    make("td", { role: "cell", class: "quote", dir: "auto", lang: each.language || null }, each.quote, "\u00a0", link),
    make("td", { role: "cell" }, standing(each)));
}

// In words how a statement stands.
export function standing({ standing: marks }) {
  const words = { superseded: say("standingSuperseded"), differs: say("standingDiffers") };
  return marks.length ? marks.map((each) => words[each]).join(", ") : say("standing");
}
