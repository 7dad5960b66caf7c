// The reader's earlier conversations, in a drawer at the beginning of the line: found by their words, opened, renamed,
// saved and deleted.

import { announce, box } from "./follow.js";
import { conversation } from "./conversation.js";
import { dayOf } from "./history-days.js";
import { FORMS, row } from "./history-row.js";
import { sure } from "./history-sure.js";
import { addressOf, EVERYTHING } from "./scope-address.js";
import { current } from "./scope.js";
import { make } from "./shared/elements.js";
import { fetched, json, told } from "./server.js";
import { count, say } from "./words.js";

const PAGE = 30;
const PAUSE = 150;
const drawer = document.getElementById("history");
const opener = document.getElementById("history-open");
let parts = null;
let asked = null;

export function open() {
  if (drawer.open) {
    return;
  }
  const search = make("input", { type: "search", "aria-label": say("historySearch"), placeholder: say("historySearch"), autocomplete: "off", maxlength: 200, oninput: searched });
  parts = {
    search,
    state: make("p", { class: "hint", role: "status" }, say("loading")),
    list: make("div", {}),
    foot: make("div", { class: "foot" }),
    next: null,
  };
  drawer.replaceChildren(
    make("div", { class: "bar" }, make("h2", { id: "history-name" }, say("history")), make("button", { type: "button", class: "shut", onclick: close }, say("close"))),
    make("div", { class: "inside" },
      make("p", {}, make("a", { class: "button first", href: addressOf(current()) }, say("newConversation"))),
      make("p", {}, search), parts.state, parts.list, parts.foot));
  drawer.showModal();
  search.focus();
  page();
}

export const close = () => drawer.close();

let pause = null;

function searched() {
  clearTimeout(pause);
  pause = setTimeout(() => page(), PAUSE);
}

// The conversations that the search finds, from the newest; with `before`, those after the ones that are shown.
async function page(before = null) {
  asked?.abort();
  const mine = (asked = new AbortController());
  const words = parts.search.value.trim();
  const query = new URLSearchParams({ limit: PAGE, ...(words && { words }), ...(before && { before }) });
  await tried(async () => {
    const { conversations, next } = await json(`/api/v1/history?${query}`, { signal: mine.signal });
    if (!before) {
      parts.list.replaceChildren();
    }
    const rows = conversations.map(shown);
    parts.next = next;
    if (!rows.length && next) {
      // A search looks through so many at a time; what it is for may come yet.
      page(next);
      return;
    }
    counted();
    if (before) {
      rows[0]?.querySelector("a").focus();
    }
  });
}

function shown(each) {
  const name = dayOf(each.changed);
  let group = parts.list.lastElementChild;
  if (group?.dataset.day !== name) {
    group = make("section", { "data-day": name, "aria-label": name }, make("h3", {}, name), make("ul", {}));
    parts.list.append(group);
  }
  const made = row(each, {
    href: addressOf(EVERYTHING, each.id), isHere: each.id === conversation(), tried, gone, done: announce,
  });
  group.querySelector("ul").append(made);
  return made;
}

function foot(next) {
  const some = parts.list.querySelector("li") !== null;
  return [
    next && make("button", { type: "button", onclick: () => page(next) }, say("older")),
    ...(some && !parts.search.value.trim() ? [
      ...FORMS.map(([form, name]) => make("a", { class: "button", href: `/api/v1/history/export?form=${form}`, download: true }, say("saveAllAs", { form: name }))),
      sure("deleteAll", "deleteAllSure", () => tried(allGone)),
    ] : []),
  ].filter(Boolean);
}

// What the list has come to, and what can be done with all of it.
function counted() {
  const words = parts.search.value.trim();
  const { next } = parts;
  parts.foot.replaceChildren(...foot(next));
  const n = parts.list.querySelectorAll("li").length;
  const none = words ? say("historyNotFound", { words }) : say("historyNone");
  parts.state.className = "hint";
  parts.state.textContent = n ? (next ? "" : count("historyFound", n)) : none;
}

// The keyboard goes on to the next row, and where the conversation is the one that is shown, a new one begins.
function gone(item, id) {
  const all = [...parts.list.querySelectorAll("li")];
  const at = all.indexOf(item);
  const next = all[at + 1] ?? all[at - 1];
  const group = item.closest("section");
  item.remove();
  if (!group.querySelector("li")) {
    group.remove();
  }
  (next?.querySelector("a") ?? parts.search).focus();
  counted();
  announce(say("deleted"));
  if (id === conversation()) {
    begin();
  }
}

async function allGone() {
  await fetched("/api/v1/history", { method: "DELETE" });
  parts.list.replaceChildren();
  parts.next = null;
  parts.search.focus();
  counted();
  announce(say("deleted"));
  begin();
}

const begin = () => document.querySelector("button#again, #again button")?.click();

async function tried(work) {
  try {
    await work();
  } catch (failure) {
    if (failure.name !== "AbortError") {
      parts.state.className = "failure";
      parts.state.textContent = failure.status === 404 ? say("gone") : told(failure);
    }
  }
}

drawer.addEventListener("click", (event) => {
  // The veil around the drawer is the dialog itself.
  if (event.target === drawer && !within(event)) {
    close();
  }
});
drawer.addEventListener("close", () => {
  if (document.activeElement === document.body || drawer.contains(document.activeElement)) {
    (opener ?? box())?.focus();
  }
});

function within({ clientX: x, clientY: y }) {
  const { left, right, top, bottom } = drawer.getBoundingClientRect();
  return x >= left && x <= right && y >= top && y <= bottom;
}
