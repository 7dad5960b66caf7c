// Whether there is anything to ask, and whether the language model answers: asked of the server while the page is seen.

import { make } from "./shared/elements.js";
import { json } from "./server.js";
import { say } from "./words.js";

const SOON = 1500;
const AMISS = 4000;
const WELL = 10000;

const model = document.getElementById("model");
const empty = document.getElementById("empty");
let waiting = null;
let said = "";

// Gives the milliseconds until it is worth asking again.
function show({ empty: nothing, model: writing }) {
  const isAmiss = writing.state === "unreachable" || writing.state === "slow";
  if (model.textContent !== writing.say) {
    model.textContent = writing.say;
  }
  model.classList.toggle("amiss", isAmiss);
  if (said !== (nothing?.say ?? "")) {
    said = nothing?.say ?? "";
    const step = nothing?.link && make("a", { href: nothing.link }, say("libraryEmptyStep"));
    empty.replaceChildren(make("p", {}, said, step ? " " : null, step));
  }
  empty.hidden = !nothing;
  return isAmiss || nothing ? AMISS : WELL;
}

async function look(soonest = 0) {
  clearTimeout(waiting);
  if (document.visibilityState === "visible") {
    const next = await json("/api/v1/state").then(show, () => AMISS);
    waiting = setTimeout(look, soonest || next);
  }
}

document.addEventListener("visibilitychange", () => look());
// The server begins to look at the model when a page asks: what it finds is known a moment later.
look(SOON);
