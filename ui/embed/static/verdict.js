// Whether an answer was right, and if not, in the reader's words what is wrong with it.

import { make } from "./elements.js";
import { told } from "./failing.js";

const LONGEST = 2000;

export function verdict(turn, { wording, session }) {
  const say = (key) => wording.say(key);
  const heard = make("p", { class: "heard", role: "status" });
  const up = button("helpful", () => give("up", ""));
  const down = button("notRight", () => (box.hidden ? show() : hide()));
  const area = make("textarea", { rows: 3, maxlength: LONGEST, dir: "auto" });
  const box = make("form", { class: "wrong", hidden: true, onsubmit: sent, onkeydown: escaped },
    make("label", {}, say("whatIsWrong"), area),
    make("div", { class: "row" },
      make("button", { type: "submit", class: "main" }, say("send")),
      make("button", { type: "button", onclick: hide }, say("cancel"))));
  down.setAttribute("aria-expanded", "false");
  return make("div", { class: "verdict-box", role: "group", "aria-label": say("wasItRight") },
    make("div", { class: "row" }, up, down, heard), box);

  function button(key, onclick) {
    return make("button", { type: "button", "aria-pressed": "false", onclick }, say(key));
  }

  function show() {
    box.hidden = false;
    down.setAttribute("aria-expanded", "true");
    area.focus();
    box.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    box.hidden = true;
    down.setAttribute("aria-expanded", "false");
    down.focus();
  }

  function sent(event) {
    event.preventDefault();
    hide();
    give("down", area.value.trim());
  }

  function escaped(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      hide();
    }
  }

  async function give(word, comment) {
    heard.textContent = "";
    try {
      await session.fetch("/api/v1/feedback", { method: "POST", body: { turn, verdict: word, comment } });
      up.setAttribute("aria-pressed", String(word === "up"));
      down.setAttribute("aria-pressed", String(word === "down"));
      area.value = "";
      heard.textContent = say("thanks");
    } catch (failure) {
      heard.textContent = told(failure, wording);
    }
  }
}
