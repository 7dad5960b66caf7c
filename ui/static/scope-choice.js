// Names to choose from, each with its number of documents, as checkboxes that arrow keys move between: one stop of the
// Tab key, however many there are. Where there are many, a box finds those that contain what is typed.

import { make } from "./shared/elements.js";
import { count, number, say } from "./words.js";

const MANY = 8;

// A fieldset; `chosen` are the names that are on, `listed` [{name, documents}], and `changed(names)` hears of a change.
export function choice({ legend, find, chosen, listed, changed }) {
  const on = new Set(chosen);
  const there = new Set(listed.map((each) => each.name));
  const first = chosen.map((name) => listed.find((each) => each.name === name) ?? { name, documents: 0 });
  const rows = [...first, ...listed.filter((each) => !on.has(each.name))].map((each) => row(each, on, there));
  const list = make("div", { class: "choice" }, rows);
  list.addEventListener("keydown", (event) => move(event, list));
  list.addEventListener("focusin", (event) => only(list, event.target));
  list.addEventListener("change", ({ target }) => {
    on[target.checked ? "add" : "delete"](target.value);
    changed([...on]);
  });
  only(list, boxes(list)[0]);
  const inside = rows.length > MANY ? [search(find, list), list, make("p", { class: "hint" }, say("scopeKeys"))] : [list];
  return make("fieldset", {}, make("legend", {}, legend), inside);
}

function row({ name, documents }, on, there) {
  return make("label", {},
    make("input", { type: "checkbox", value: name, checked: on.has(name), tabindex: -1 }),
    make("span", { class: "name", dir: "auto" }, name),
    make("span", { class: "number" }, number(there.has(name) ? documents : 0)));
}

function search(label, list) {
  const shown = make("p", { class: "hint", role: "status" }, count("scopeShown", list.children.length));
  const field = make("input", { type: "search", "aria-label": label, placeholder: label, autocomplete: "off", oninput: () => {
    const wanted = folded(field.value).split(/\s+/);
    for (const each of list.children) {
      each.hidden = !wanted.every((word) => folded(each.querySelector(".name").textContent).includes(word));
    }
    only(list, boxes(list)[0]);
    shown.textContent = count("scopeShown", boxes(list).length);
  } });
  // Enter is not yet the end of the choice: it goes on to what was found.
  field.addEventListener("keydown", (event) => {
    if ((event.key === "ArrowDown" || event.key === "Enter") && !event.isComposing) {
      event.preventDefault();
      boxes(list)[0]?.focus();
    }
  });
  return [field, shown];
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
const boxes = (list) => [...list.querySelectorAll("label:not([hidden]) input")];

function only(list, box) {
  list.querySelectorAll('[tabindex="0"]').forEach((each) => each.setAttribute("tabindex", "-1"));
  box?.setAttribute("tabindex", "0");
}

function move(event, list) {
  const all = boxes(list);
  const at = all.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined && at >= 0) {
    event.preventDefault();
    all[Math.min(Math.max(to, 0), all.length - 1)].focus();
  }
}
