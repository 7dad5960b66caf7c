// A conversation that is opened again is shown where its reader was: where they had scrolled to when they load it anew,
// or at the turn that the address names. What is shown comes bit by bit, so the place is kept until they move themselves.

import { follow } from "./follow.js";

const KEY = "onrecord-place";
const LONGEST = 3000;
const restoring = document.body.classList.contains("restoring");
const started = performance.now();
const [navigation] = performance.getEntriesByType("navigation");
const wanted = restoring ? remembered() : null;
let settled = !restoring;
let signsOut = false;

const conversation = () => new URLSearchParams(location.search).get("conversation");

function remembered() {
  const comesBack = navigation?.type === "reload" || navigation?.type === "back_forward";
  try {
    const { id, top } = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    return comesBack && id === new URLSearchParams(location.search).get("conversation") ? top : null;
  } catch {
    return null;
  }
}

function remember() {
  try {
    if (signsOut) {
      sessionStorage.removeItem(KEY);
      return;
    }
    sessionStorage.setItem(KEY, JSON.stringify({ id: conversation(), top: scrollY }));
  } catch {
    // Without storage the page begins at its newest turn.
  }
}

function keep() {
  if (settled || !document.querySelector("#current .turn, #earlier .failure")) {
    return;
  }
  document.body.classList.remove("restoring");
  const named = location.hash.startsWith("#turn-") && document.getElementById(location.hash.slice(1));
  if (wanted !== null) {
    scrollTo({ top: wanted, behavior: "instant" });
  } else if (named) {
    (named.closest(".turn") ?? named).scrollIntoView({ block: "start", behavior: "instant" });
  }
  settled ||= performance.now() - started > LONGEST;
}

function settle() {
  settled = true;
}

if (restoring) {
  history.scrollRestoration = "manual";
  ["wheel", "touchmove", "keydown", "pointerdown"].forEach((each) => addEventListener(each, settle, { once: true, passive: true }));
}
// Whoever signs out leaves nothing behind in the browser.
document.addEventListener("click", (event) => {
  signsOut = Boolean(event.target.closest?.('a[href="/logout"]'));
});
addEventListener("pagehide", remember);
follow(() => requestAnimationFrame(keep));
