// What is asked of: dates, publishers and collections of the reader's choice, in one line above the conversation that
// opens into a form. The page's address has it, and every question is asked within it until it is changed. Where the
// address names a conversation alone, it goes on with the scope of its newest question.

import { announce, askAgain, follow, questionOf, scopeOf } from "./follow.js";
import { EVERYTHING, pairs, query, read, write } from "./scope-address.js";
import { amiss, inWords } from "./scope-words.js";
import { make } from "./shared/elements.js";
import { say } from "./words.js";

const bar = document.getElementById("scope");
const opener = document.getElementById("scope-open");
const clearer = document.getElementById("scope-clear");
const words = document.getElementById("scope-words");
const wrong = document.getElementById("scope-wrong");
const form = document.getElementById("scope-form");
let scope = read();
let known = null;

// The scope as it stands.
export const current = () => scope;

function show() {
  const sentences = amiss(scope, known);
  words.textContent = inWords(scope);
  bar.classList.toggle("narrowed", pairs(scope).length > 0);
  clearer.hidden = pairs(scope).length === 0;
  if (wrong.textContent !== sentences.join("")) {
    wrong.replaceChildren(...sentences.map((each) => make("p", { dir: "auto" }, each)));
  }
  wrong.hidden = sentences.length === 0;
  carry();
}

// Hands the scope to gradio, in a box of its that nobody sees; it goes to the server with the next question. Gradio may
// make the box anew at any time.
function carry() {
  const box = document.querySelector("#scope-carrier :is(textarea, input)");
  if (box && box.value !== query(scope)) {
    box.value = query(scope);
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function change(part) {
  isOpening = false;
  scope = { ...scope, ...part };
  write(scope);
  show();
  announce(say("scopeIs", { words: words.textContent }));
}

// Go on with the scope that a question was asked with, as a URL's query.
export function resume(asked) {
  const wanted = asked === undefined ? scope : read(asked);
  if (query(wanted) !== query(scope)) {
    change(wanted);
    learnNamed();
  }
}

// Whoever loads a page again, or goes back to it, finds the scope as they left it, also where that is none.
const [navigation] = performance.getEntriesByType("navigation");
const isOpened = new URLSearchParams(location.search).has("conversation") && navigation?.type === "navigate";
let isOpening = isOpened && pairs(scope).length === 0;

function reopened() {
  const newest = isOpening && document.querySelector("#current .turn");
  if (newest) {
    isOpening = false;
    resume(scopeOf(newest));
  }
}

async function clear() {
  const wasOpen = !form.hidden;
  change(EVERYTHING);
  if (wasOpen) {
    await refill();
  }
  (wasOpen ? form.querySelector(".done button") : opener).focus();
}

// The form is loaded when it is first needed.
const parts = () => import("./scope-form.js");

async function refill() {
  const { fill } = await parts();
  fill(form, scope, { changed: change, clear, done: close }).then(learnt);
}

export async function open() {
  await refill();
  form.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  form.querySelector("input").focus({ preventScroll: true });
}

export function close() {
  if (!form.hidden) {
    form.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    opener.focus({ preventScroll: true });
  }
}

// What can be read is asked for where the address names some of it, so that a name that is not there is said at once.
async function learnt() {
  const { choices } = await parts();
  known = await choices().catch(() => null);
  show();
}

function learnNamed() {
  if (scope.publishers.length || scope.collections.length) {
    learnt();
  }
}

opener.addEventListener("click", () => (form.hidden ? open() : close()));
clearer.addEventListener("click", clear);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !form.hidden && !event.defaultPrevented) {
    event.preventDefault();
    close();
  }
});
document.addEventListener("pointerdown", (event) => {
  if (!form.hidden && !bar.contains(event.target)) {
    form.hidden = true;
    opener.setAttribute("aria-expanded", "false");
  }
});
addEventListener("popstate", () => {
  scope = read();
  show();
});

// An answer that left out what came near offers to be asked of everything.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.widen");
  const question = button && questionOf(button);
  if (question) {
    change(EVERYTHING);
    askAgain(question);
  }
});

show();
follow(() => {
  carry();
  reopened();
});
document.addEventListener("focusin", carry);
learnNamed();
