// A button that asks before it does what cannot be undone, in its own place.

import { make } from "./shared/elements.js";
import { say } from "./words.js";

export function sure(key, question, done) {
  const box = make("span", { class: "sure" });
  const first = make("button", { type: "button", class: "delete", onclick: ask }, say(key));
  const no = make("button", { type: "button", onclick: back }, say("keep"));

  function ask() {
    box.replaceChildren(make("span", { role: "status" }, say(question)), " ",
      make("button", { type: "button", class: "yes", onclick: done }, say("deleteYes")), " ", no);
    no.focus();
  }

  function back() {
    box.replaceChildren(first);
    first.focus();
  }

  box.append(first);
  return box;
}
