// One kept conversation: a link that opens it, and behind a button what else can be done with it.

import { make } from "./shared/elements.js";
import { fetched } from "./server.js";
import { sure } from "./history-sure.js";
import { count, moment, say } from "./words.js";

const LONGEST_TITLE = 200;
export const FORMS = [["markdown", "Markdown"], ["json", "JSON"]];

// `href` opens it; `tried(work)` says what goes wrong; `gone(row)` hears that it was deleted, `named(words)` what was done.
export function row({ id, title, changed, turns }, { href, isHere, tried, gone, done }) {
  let called = title;
  const path = `/api/v1/history/${encodeURIComponent(id)}`;
  const link = make("a", { class: "open", href, "aria-current": isHere ? "page" : null },
    make("span", { class: "title", dir: "auto" }, called),
    make("span", { class: "when" }, `${moment(changed)} · ${count("questionCount", turns)}`));
  const more = make("button", { type: "button", class: "more", "aria-expanded": "false", onclick: toggle }, make("span", { "aria-hidden": "true" }, "⋯"));
  const head = make("div", { class: "head" }, link, more);
  const acts = make("div", { class: "acts", hidden: true });
  const item = make("li", {}, head, acts);
  label();

  function label() {
    more.setAttribute("aria-label", say("actionsFor", { title: called }));
  }

  function toggle() {
    acts.hidden = !acts.hidden;
    more.setAttribute("aria-expanded", String(!acts.hidden));
    if (!acts.hidden) {
      acts.replaceChildren(
        make("button", { type: "button", onclick: rename }, say("rename")),
        ...FORMS.map(([form, name]) => make("a", { class: "button", href: `${path}/export?form=${form}`, download: true }, say("saveAs", { form: name }))),
        sure("delete", "deleteSure", remove));
    }
  }

  function rename() {
    const field = make("input", { type: "text", value: called, maxlength: LONGEST_TITLE, required: true, dir: "auto", "aria-label": say("renameTo"), autocomplete: "off" });
    const form = make("form", { class: "renaming" }, field,
      make("div", { class: "acts" },
        make("button", { type: "submit", class: "first" }, say("save")),
        make("button", { type: "button", onclick: back }, say("cancel"))));
    function back() {
      form.replaceWith(head);
      acts.hidden = false;
      acts.querySelector("button").focus();
    }
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.preventDefault();
        event.stopPropagation();
        back();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = field.value.trim();
      tried(async () => {
        await fetched(path, { method: "PATCH", body: { title: wanted } });
        called = wanted;
        link.querySelector(".title").textContent = called;
        label();
        back();
        done(say("renamed"));
      });
    });
    acts.hidden = true;
    head.replaceWith(form);
    field.select();
    field.focus();
  }

  const remove = () => tried(async () => {
    await fetched(path, { method: "DELETE" }).catch(passedOver);
    gone(item, id);
  });

  return item;
}

// What is gone already need not be deleted.
function passedOver(failure) {
  if (failure.status !== 404) {
    throw failure;
  }
}
