// What can be done with a whole answer: copied, linked to, looked at over time, judged. The server leaves an empty place
// below each; what stands in it is kept by the turn's id, so that it survives when gradio writes the page anew.

import { copies } from "./copying.js";
import { follow } from "./follow.js";
import { verdict } from "./judging.js";
import { make } from "./shared/elements.js";
import { statements } from "./statements.js";
import { timeline } from "./timeline.js";
import { say } from "./words.js";

const KEPT = 60;
const rows = new Map();
let held = null;

// The tools of the turn `id`, whose answer is the section around them; they are looked up anew each time.
class Tools {
  constructor(id) {
    this.heard = make("p", { class: "heard", role: "status" });
    this.hand = make("div", { class: "by-hand", hidden: true });
    this.verdict = verdict(id, this);
    this.bar = make("div", { class: "bar", role: "group", "aria-label": say("answerTools") });
    this.element = make("div", { class: "row" }, this.bar, this.heard, this.hand, this.verdict.box);
    this.bar.append(...copies(id, this), this.verdict.element);
  }

  // Where it is shown, this time.
  stand(place) {
    place.append(this.element);
    const spans = new Set(statements(place).map((each) => each.iso).filter(Boolean)).size > 1;
    if (spans && !this.time) {
      this.time = timeline(() => statements(this.element));
      this.verdict.element.before(this.time.button);
      this.heard.before(this.time.panel);
    }
  }

  // Said once, and there to be read.
  tell(words, failed = false) {
    this.heard.textContent = words;
    this.heard.classList.toggle("failure", failed);
  }
}

// The tools of the answer that `element` stands in; undefined where there are none.
function toolsOf(element) {
  const place = element.closest("section")?.querySelector(".tools");
  return place && rows.get(place.id);
}

function fill() {
  for (const place of document.querySelectorAll("gradio-app .tools:empty")) {
    const tools = rows.get(place.id) ?? new Tools(place.id.slice("tools-".length));
    if (tools.element.isConnected) {
      // Shown twice for a moment: taken back and forth, they would never come to rest.
      continue;
    }
    rows.delete(place.id);
    rows.set(place.id, tools);
    tools.stand(place);
  }
  for (const [id, { element }] of rows) {
    if (rows.size <= KEPT) {
      break;
    }
    if (!element.isConnected) {
      rows.delete(id);
    }
  }
  if (held?.isConnected && document.activeElement === document.body) {
    held.focus({ preventScroll: true });
  }
}

document.addEventListener("focusin", ({ target }) => {
  held = target.closest?.(".tools") ? target : null;
});
document.addEventListener("pointerdown", ({ target }) => {
  held = target.closest?.(".tools") ? held : null;
});
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.doubt");
  if (button) {
    toolsOf(button)?.verdict.doubt(statements(button).find((each) => each.figure.contains(button)));
  }
});
follow(fill);
