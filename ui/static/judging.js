// The verdict on the answer: which one stands, what was heard of it, and where the keyboard goes as the box comes and goes.

import { announce, calm, follow } from "./follow.js";
import { say } from "./words.js";

let words = null;
let heard = "";

function judged() {
  document.getElementById("verdicts")?.setAttribute("role", "group");
  document.getElementById("verdicts")?.setAttribute("aria-label", say("wasItRight"));
  const buttons = ["helpful", "not-right"].map((id) => document.getElementById(id)).filter(Boolean);
  buttons.forEach((each) => each.setAttribute("aria-pressed", each.classList.contains("given")));
  const area = document.querySelector("#words textarea");
  const [, down] = buttons;
  down?.setAttribute("aria-expanded", Boolean(area));
  if (area && area !== words) {
    area.focus({ preventScroll: true });
    document.getElementById("wrong").scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
  } else if (!area && words && document.activeElement === document.body) {
    down?.focus({ preventScroll: true });
  }
  words = area;
  const said = document.querySelector("#heard p")?.textContent.trim() ?? "";
  if (said && said !== heard) {
    announce(said);
  }
  heard = said;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing && event.target.closest?.("#words")) {
    document.getElementById("cancel")?.click();
  }
});

follow(judged);
// A verdict is a class of its button.
new MutationObserver(judged).observe(document.querySelector("gradio-app"), { subtree: true, attributeFilter: ["class"] });
