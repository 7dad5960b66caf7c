// The library page: what there is to be asked about, who may read it, and what was not taken in. What part of it is
// shown stands in the address. What can be done with it follows behind the first rows.

import "./language.js";
import { addressOf, wanted as addressed } from "./library-address.js";
import { announce } from "./library-announcer.js";
import { Collections } from "./library-collections.js";
import { List } from "./library-list.js";
import { States } from "./library-states.js";

const SETTLED = 90;

const by = (id) => document.getElementById(id);
const parts = (...ids) => Object.fromEntries(ids.map((id) => [id, by(id)]));

let wanted = addressed();

const list = new List(parts("table", "more", "earlier", "tally", "advice", "failure"), {
  counted: (counts) => states.counted(counts),
  known: (readers, names) => known(readers, names),
  opened: (id) => opened(id),
  restored: (removal) => meanwhile((doing) => doing.restore(removal)),
  said: announce,
});
const states = new States(by("states"), (state) => go({ ...wanted, state }));
const collections = new Collections(by("filed"), by("collections-known"));

controls();
states.show(wanted);
const doings = list.show(wanted).then(begun);

// All that is not needed for the first rows.
async function begun() {
  const { Doing } = await import("./library-doing.js");
  return new Doing(list, { known: (names) => collections.offer(names), closed, changed });
}

// Do something once all of the page is there.
async function meanwhile(work) {
  return work(await doings);
}

function known(readers, names) {
  collections.offer(names);
  meanwhile((doing) => doing.offer(readers));
}

// Show another part of the library, as a step in the browser's history.
function go(next, { step = true } = {}) {
  if (addressOf(next) !== addressOf(wanted)) {
    history[step ? "pushState" : "replaceState"](null, "", addressOf(next));
  }
  const isOther = isOtherList(next);
  wanted = next;
  listed();
  states.show(wanted);
  return isOther ? list.show(wanted, { aloud: true }) : null;
}

function isOtherList(next) {
  return addressOf({ ...next, document: "" }) !== addressOf({ ...wanted, document: "" });
}

function opened(id) {
  go({ ...wanted, document: id });
  shown();
}

function closed(id) {
  if (wanted.document) {
    go({ ...wanted, document: "" }, { step: false });
  }
  list.focus(id);
}

// Something was done in the library: its counts anew, and its list, where it is another and nobody would lose their
// place in it.
async function changed(isOther) {
  if (isOther) {
    by("changed").hidden = await list.show(wanted, { yields: true });
  } else {
    await list.recount();
  }
}

function controls() {
  listed();
  const { words, order, filed } = parts("words", "order", "filed");
  words.value = wanted.words;
  order.value = wanted.order;
  if (wanted.collection) {
    collections.choose(wanted.collection);
  } else {
    filed.value = "";
  }
}

// Only documents have an order and a collection.
function listed() {
  by("searching").dataset.list = ["refused", "removed"].includes(wanted.state) ? "other" : "documents";
}

function shown() {
  return meanwhile((doing) => doing.show(wanted.document));
}

let settling = null;

by("words").addEventListener("input", ({ target }) => {
  clearTimeout(settling);
  settling = setTimeout(() => go({ ...wanted, words: target.value }, { step: false }), SETTLED);
});
by("searching").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(settling);
  go({ ...wanted, words: by("words").value });
});
by("order").addEventListener("change", ({ target }) => go({ ...wanted, order: target.value }));
by("filed").addEventListener("change", ({ target }) => go({ ...wanted, collection: target.value }));
by("changed").addEventListener("click", () => {
  by("changed").hidden = true;
  list.show(wanted, { aloud: true });
  by("tally").focus();
});
addEventListener("popstate", () => {
  const next = addressed();
  // A link within the page comes here, too.
  if (addressOf(next) !== addressOf(wanted)) {
    const isOther = isOtherList(next);
    wanted = next;
    controls();
    states.show(wanted);
    if (isOther) {
      list.show(wanted);
    }
    shown();
  }
});

await shown();
await meanwhile((doing) => doing.recall());
