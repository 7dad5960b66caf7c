// The form that changes the scope. Every change counts at once.

import { choice } from "./scope-choice.js";
import { isDay } from "./scope-address.js";
import { make } from "./shared/elements.js";
import { json, told } from "./server.js";
import { say } from "./words.js";

let asked = null;

// What the reader can choose from: {publishers, collections, earliest, latest}, asked for once a page.
export function choices() {
  asked ??= json("/api/v1/scope").catch((failure) => {
    asked = null;
    throw failure;
  });
  return asked;
}

// Fills `form` for `scope`; `changed(part)` hears of what changed, as {from: "2024-06-30"}, `done` that it is enough.
export async function fill(form, scope, { changed, clear, done }) {
  const names = make("div", { "aria-busy": "true" }, make("p", { class: "hint", role: "status" }, say("loading")));
  form.replaceChildren(
    make("div", {}, days(scope, changed)),
    names,
    make("p", { class: "done" },
      make("button", { type: "submit", class: "first" }, say("scopeDone")),
      make("button", { type: "button", onclick: clear }, say("scopeClear"))));
  form.onsubmit = (event) => {
    event.preventDefault();
    done();
  };
  try {
    const known = await choices();
    names.replaceChildren(...lists(scope, known, changed));
  } catch (failure) {
    names.replaceChildren(make("p", { class: "failure", role: "alert" }, told(failure)));
  }
  names.removeAttribute("aria-busy");
}

function days({ asOf, from, to }, changed) {
  return [
    make("fieldset", {}, make("legend", {}, say("scopePublished")),
      day("from", "scopeFrom", from, changed), day("to", "scopeTo", to, changed),
      make("p", { class: "hint" }, say("scopeDatesHint"))),
    make("fieldset", {}, make("legend", {}, say("scopeAsOfLabel")),
      day("asOf", "scopeAsOfLabel", asOf, changed, true), make("p", { class: "hint" }, say("scopeAsOfHint"))),
  ];
}

function day(name, key, value, changed, alone = false) {
  const input = make("input", { type: "date", id: `scope-${name}`, value: isDay(value) ? value : null, "aria-label": alone ? say(key) : null });
  input.addEventListener("change", () => changed({ [name]: input.value }));
  return make("p", { class: "day" }, alone ? null : make("label", { for: `scope-${name}` }, say(key)), input);
}

function lists({ publishers, collections }, known, changed) {
  const filed = known.collections.length || collections.length;
  return [
    known.publishers.length || publishers.length
      ? choice({ legend: say("scopePublishers"), find: say("scopeFind"), chosen: publishers, listed: known.publishers, changed: (each) => changed({ publishers: each }) })
      : make("p", { class: "hint" }, say("scopeNoPublishers")),
    ...(filed ? [choice({ legend: say("scopeCollections"), find: say("scopeFind"), chosen: collections, listed: known.collections, changed: (each) => changed({ collections: each }) })] : []),
  ];
}
