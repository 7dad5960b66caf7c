// The conversation as it changes: the newest question in view, the finished answer said once to a screen reader, and the
// keyboard kept where it is.

import { say } from "./words.js";

const app = document.querySelector("gradio-app");
const announcer = document.getElementById("announcer");

// The box that questions are asked in; null until gradio has made it.
export const box = () => document.querySelector("#question textarea");

// Whether nothing is to move by itself.
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Says this once to a screen reader.
export function announce(words) {
  announcer.textContent = words;
}

// Asks this question once more, as if it were typed.
export function askAgain(question) {
  const area = box();
  area.value = question;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  // Gradio reads the box after this.
  requestAnimationFrame(() => document.querySelector("#question .submit-button")?.click());
}

// The question of the turn that an element is in, to be asked once more: as it was understood, since a follow-up would
// now follow itself.
export function questionOf(element) {
  const turn = turnOf(element);
  return (turn?.querySelector(".understood") ?? turn?.querySelector("h2"))?.textContent;
}

// The scope that this turn was asked with, as a URL's query; undefined where it was none.
export const scopeOf = (element) => turnOf(element)?.querySelector("a.asked-within")?.search;

const turnOf = (element) => element.closest(".past, #current")?.querySelector(".turn");

// Calls `heard` now and after every change of the conversation.
export function follow(heard) {
  new MutationObserver(() => heard()).observe(app, { childList: true, subtree: true });
  heard();
}

let seen = "";
let said = "";

function newest() {
  const turn = document.querySelector("#current .turn");
  if (!turn) {
    seen = said = "";
    return;
  }
  if (turn.id !== seen) {
    seen = turn.id;
    announce("");
    turn.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  }
  const whole = document.querySelector("#quotes section:is(.answered, .abstained, .failed)");
  if (turn.id !== said && whole?.id === turn.id.replace("turn", "answer")) {
    said = turn.id;
    announce(spoken());
  }
}

function spoken() {
  const copies = ["#prose", "#quotes"].map((each) => document.querySelector(each)?.cloneNode(true));
  const words = copies.filter(Boolean).map((copy) => {
    copy.querySelectorAll(".cite, .open, .checked, .sign, .fine, details, .tally, .tools, button").forEach((each) => each.remove());
    return copy.textContent;
  });
  return `${say("answer")} ${words.join(" ").replace(/\s+/g, " ").trim()}`;
}

// What the keyboard is on is put back when gradio replaces the text around it.

let held = null;
let stopping = null;

document.addEventListener("focusin", (event) => {
  stopping = event.target.closest?.("#stop");
  const link = event.target.closest?.("#current a[href]");
  held = link && { href: link.getAttribute("href"), part: link.closest("#prose, #quotes")?.id, link };
});

function hold() {
  if (document.activeElement === document.body && stopping && !stopping.isConnected) {
    stopping = null;
    box()?.focus({ preventScroll: true });
  }
  if (held && !held.link.isConnected && document.activeElement === document.body) {
    const links = [...document.querySelectorAll(`#${held.part} a[href]`)];
    held.link = links.find((each) => each.getAttribute("href") === held.href) ?? held.link;
    held.link.focus({ preventScroll: true });
  }
}

// A question that was read wrongly goes back into the box, to be corrected there.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button.correct");
  const area = box();
  if (button && area) {
    area.value = button.parentElement.querySelector(".understood").textContent;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  }
});

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  box()?.focus();
});

follow(() => {
  newest();
  hold();
});
