// The library page: what there is to be asked about, who may read it, what was not taken in; and adding, removing and
// syncing again. What part of it is shown stands in the address.

import "./language.js";
import { Adding } from "./library-adding.js";
import { addressOf, wanted as addressed } from "./library-address.js";
import { announce } from "./library-announcer.js";
import { Collections } from "./library-collections.js";
import { Details } from "./library-details.js";
import { dropping } from "./library-dropping.js";
import { Jobs } from "./library-jobs.js";
import { Labels } from "./library-labels.js";
import { List } from "./library-list.js";
import { Roots } from "./library-roots.js";
import { States } from "./library-states.js";
import { fetched, json, told } from "./server.js";
import { say } from "./words.js";

const SETTLED = 90;

const by = (id) => document.getElementById(id);
const parts = (...ids) => Object.fromEntries(ids.map((id) => [id, by(id)]));

let wanted = addressed();

const list = new List(parts("table", "more", "earlier", "tally", "advice", "failure"), {
  counted: (counts) => states.counted(counts),
  known: (readers, collections) => known(readers, collections),
  opened: (id) => opened(id),
  restored: (removal) => restored(removal),
  said: announce,
});
const states = new States(by("states"), (state) => go({ ...wanted, state }));
const details = new Details(by("details"), {
  removing: (id, title, job) => removing(id, title, job),
  closed: (id) => closed(id),
});
const jobs = new Jobs(
  { section: by("jobs"), list: by("job-list"), template: by("job") },
  { ended: (isOther) => changed(isOther) },
);
const labels = new Labels(by("readers"), by("readers-known"));
const collections = new Collections(by("filed"), by("collections-known"));
const roots = new Roots(by("roots"), known);
const adding = new Adding(
  {
    section: by("adding"), form: by("adding-form"), opener: by("add"), picker: by("files"), chosen: by("chosen"),
    urls: by("urls"), publisher: by("publisher"), collection: by("collection"), state: by("adding-state"),
    send: by("send"), cancel: by("cancel"),
  },
  labels,
  { begun: (job, what) => jobs.follow(job, what), refused: (what, why) => jobs.refused(what, why) },
);

function known(readers, names) {
  labels.offer(readers);
  collections.offer(names);
}

// Show another part of the library, as a step in the browser's history.
function go(next, { step = true } = {}) {
  if (addressOf(next) !== addressOf(wanted)) {
    history[step ? "pushState" : "replaceState"](null, "", addressOf(next));
  }
  const isOther = addressOf({ ...next, document: "" }) !== addressOf({ ...wanted, document: "" });
  wanted = next;
  listed();
  states.show(wanted);
  return isOther ? list.show(wanted, { aloud: true }) : null;
}

function opened(id) {
  go({ ...wanted, document: id });
  details.open(id);
}

function closed(id) {
  if (wanted.document) {
    go({ ...wanted, document: "" }, { step: false });
  }
  list.focus(id);
}

function removing(id, title, job) {
  list.mark(id, true);
  jobs.follow(job, say("libraryRemovingOf", { name: title }), (failure) => {
    if (failure) {
      list.mark(id, false);
    } else {
      list.take(id);
    }
    return true;
  });
}

async function restored(removal) {
  const what = say("libraryRestoringOf", { name: removal.uri });
  await begun("/api/v1/library/restore", { id: removal.id }, what, (failure) => {
    if (!failure) {
      list.take(removal.id);
    }
    return true;
  });
}

async function begun(path, body, what, done) {
  try {
    const { job } = await (await fetched(path, { method: "POST", body })).json();
    jobs.follow(job, what, done);
  } catch (failure) {
    jobs.refused(what, told(failure));
  }
}

// Something was done in the library: its counts and its roots anew, and its list, where it is another and nobody would
// lose their place in it.
async function changed(isOther) {
  if (isOther) {
    by("changed").hidden = await list.show(wanted, { yields: true });
  } else {
    await list.recount();
  }
  await roots.show();
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
by("sync").addEventListener("click", () => {
  begun("/api/v1/library/sync", { prune: roots.prune }, say("librarySyncing"));
});
by("clear").addEventListener("click", () => {
  jobs.clear();
  by("sync").focus();
});
by("changed").addEventListener("click", () => {
  by("changed").hidden = true;
  list.show(wanted, { aloud: true });
  by("tally").focus();
});
dropping(by("drop"), (files, folders) => {
  adding.toggle(true);
  adding.choose(files);
  if (folders) {
    jobs.refused(say("libraryFolder"), say("libraryFolderAdvice"));
  }
});
addEventListener("popstate", () => {
  const next = addressed();
  // A link within the page comes here, too.
  if (addressOf(next) !== addressOf(wanted)) {
    const isOther = addressOf({ ...next, document: "" }) !== addressOf({ ...wanted, document: "" });
    wanted = next;
    controls();
    states.show(wanted);
    if (isOther) {
      list.show(wanted);
    }
    shown();
  }
});

function shown() {
  if (wanted.document) {
    details.open(wanted.document);
  } else {
    details.close();
  }
}

controls();
states.show(wanted);
labels.offer(["public", "nobody"]);
await list.show(wanted);
shown();
await Promise.all([jobs.recall(), roots.show()]).catch((failure) => list.failed(failure));
