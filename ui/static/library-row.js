// The rows of the library's three lists: documents, what was refused, and what somebody removed.

import { addressOf } from "./library-address.js";
import { shortDay, shortMoment } from "./library-figures.js";
import { make } from "./shared/elements.js";
import { sentence } from "./shared/failing.js";
import { say } from "./words.js";

const SIGNS = { searchable: "✓", hidden: "⊘", removing: "…" };
const NOBODY = "nobody";

// The columns of each list, by the field it comes in: the words of the heading, and what is in a row's cell.
const COLUMNS = {
  documents: [
    ["libraryDocument", ({ each, wanted }) => titled(each, wanted)],
    ["libraryPublished", ({ each }) => dated(each.published)],
    ["libraryReaders", ({ each }) => readers(each)],
    ["libraryCollection", ({ each }) => own(each.collection)],
    ["libraryAdded", ({ each }) => moments(each.added)],
    ["libraryState", ({ each }) => state(each.state)],
  ],
  refusals: [
    ["libraryFile", ({ each }) => refusedName(each)],
    ["libraryReason", ({ each }) => make("span", { class: "reason", dir: "auto" }, sentence(each.reason))],
    ["libraryRefusedWhen", ({ each }) => moments(each.refused)],
  ],
  removals: [
    ["libraryDocument", ({ each }) => make("span", { class: "title", dir: "ltr" }, each.uri)],
    ["libraryRemovedWhen", ({ each }) => moments(each.removed)],
    ["libraryRemovedBy", ({ each }) => own(each.by)],
    ["libraryUndo", ({ each, restore }) => restoring(each, restore)],
  ],
};

// The row of headings over a list of this kind.
export function heading(kind) {
  const cells = COLUMNS[kind.field].map(([key]) => make("span", { role: "columnheader" }, say(key)));
  return make("div", { role: "rowgroup", class: "headings" }, make("div", { role: "row", "aria-rowindex": 1 }, cells));
}

// One row; `number` counts the rows before it. What a cell needs beside `each` is in `given`.
export function row(kind, each, number, given) {
  const cells = COLUMNS[kind.field].map(([key, cell], column) =>
    make("div", { role: column ? "cell" : "rowheader", class: key, "data-label": say(key) }, cell({ each, ...given })));
  const known = { "data-id": each.id ?? null, "data-state": each.state ?? null };
  const made = make("div", { role: "row", "aria-rowindex": number + 2, ...known }, cells);
  made.classList.toggle("nobody", each.state === "hidden");
  return made;
}

// The cell of a document's state, also while it is being removed.
export function state(which) {
  const words = { searchable: "librarySearchable", hidden: "libraryHidden", removing: "libraryRemoving" };
  return make("span", { class: `state ${which}` },
    make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[which]), " ", say(words[which]));
}

export const titleOf = (each) => each.title || each.uri;

function titled(each, wanted) {
  return [
    make("a", { class: "title", href: addressOf({ ...wanted, document: each.id }), "data-document": each.id },
      make("span", { dir: "auto" }, titleOf(each))),
    make("span", { class: "beside" }, each.publisher && own(each.publisher), own(each.kind)),
    each.title && make("span", { class: "uri", dir: "ltr" }, each.uri),
  ];
}

function refusedName({ name, uri, root }) {
  return [
    make("span", { class: "title", dir: "auto" }, name),
    make("span", { class: "uri", dir: "ltr" }, uri ?? root),
  ];
}

export function readers({ readers: labels }) {
  const may = labels.filter((label) => label !== NOBODY);
  if (!may.length) {
    return none(say("libraryNobody"));
  }
  return may.map((label) => make("span", { class: "label", dir: "auto" }, label));
}

function restoring(each, restore) {
  const what = `${say("libraryRestore")}: ${each.uri}`;
  return make("button", { type: "button", "aria-label": what, onclick: () => restore(each) }, say("libraryRestore"));
}

const dated = (day) => (day ? make("time", { datetime: day }, shortDay(day)) : none(say("undated")));
const moments = (iso) => (iso ? make("time", { datetime: iso }, shortMoment(iso)) : none(say("libraryNone")));
const own = (text) => (text ? make("span", { dir: "auto" }, text) : none(say("libraryNone")));
const none = (text) => make("span", { class: "none" }, text);
