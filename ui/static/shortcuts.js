// Single keys for who reads by keyboard, and the help that lists them. They rest while something is typed or a dialog is
// open, and can be switched off for good, as some speak to their computer (WCAG 2.1.4).

import { openEarlier } from "./conversation.js";
import { box } from "./follow.js";
import { open as openScope } from "./scope.js";
import { make } from "./shared/elements.js";
import { say } from "./words.js";

const KEPT = "onrecord-shortcuts";
const QUOTES = "#current :is(figure, .card, li) a.cite, #current a.open";
const help = document.getElementById("help");
const opener = document.getElementById("help-open");
const KEYS = {
  "/": ["keyQuestion", () => box()?.focus()],
  n: ["keyNext", () => step(1)],
  p: ["keyPrevious", () => step(-1)],
  h: ["history", openEarlier],
  s: ["scopeChange", openScope],
  "?": ["keyHelp", show],
};

// What this browser has kept of it; a browser that keeps nothing has them on.
function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function turn(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // Then it lasts as long as the page.
  }
  isOn = on;
}

let isOn = areOn();

function step(by) {
  const quotes = [...document.querySelectorAll(QUOTES)].filter((each) => each.checkVisibility());
  const at = quotes.indexOf(document.activeElement);
  const to = at < 0 ? (by > 0 ? 0 : quotes.length - 1) : at + by;
  const next = quotes[Math.min(Math.max(to, 0), quotes.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
}

function isTyped(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog") !== null;
}

document.addEventListener("keydown", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && !event.defaultPrevented;
  const key = KEYS[event.key];
  if (isOn && key && isPlain && !isTyped(event.target) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    key[1]();
  }
});

function show() {
  const rows = [...Object.entries(KEYS).map(([key, [words]]) => [key, words]), ["Enter", "keyOpen"], ["Esc", "keyClose"]];
  const on = make("input", { type: "checkbox", checked: isOn, "aria-describedby": "keys-hint" });
  on.addEventListener("change", () => turn(on.checked));
  help.replaceChildren(
    make("div", { class: "bar" }, make("h2", { id: "help-name" }, say("helpTitle")), make("button", { type: "button", class: "shut", onclick: () => help.close() }, say("close"))),
    make("div", { class: "inside" },
      make("dl", {}, rows.map(([key, words]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, say(words))])),
      make("label", { class: "switch" }, on, say("keysOn")),
      make("p", { class: "hint", id: "keys-hint" }, say("keysHint"))));
  help.showModal();
}

opener.addEventListener("click", show);
help.addEventListener("click", ({ target, clientX: x, clientY: y }) => {
  const { left, right, top, bottom } = help.getBoundingClientRect();
  if (target === help && (x < left || x > right || y < top || y > bottom)) {
    help.close();
  }
});
