// The source beside the answer. Without it every citation still opens, in a tab of its own.

import { box } from "./follow.js";
import { say } from "./words.js";

const pane = document.getElementById("source");
const frame = pane.querySelector("iframe");
const named = document.getElementById("source-name");
const alone = document.getElementById("source-alone");
let opener = null;

// The source that a citation `link` leads to, its quote lit, and what else the same answer quotes from it marked.
export function open(link) {
  const address = among(link);
  alone.href = address.href;
  address.searchParams.set("beside", "");
  shows(link);
  pane.hidden = false;
  document.body.classList.add("reading");
  // A frame that already shows this address would only scroll; a replaced one leaves no step in the history.
  frame.contentWindow.location.replace(address.href);
  pane.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest" });
}

function shows(link) {
  opener?.removeAttribute("aria-current");
  opener = link;
  link.setAttribute("aria-current", "true");
  named.textContent = link.title;
  pane.setAttribute("aria-label", say("sourceOf", { title: named.textContent }));
}

// The address of a quote, with the places of all others that its turn has from the same document.
function among(link) {
  const address = new URL(link.href);
  const own = place(address);
  const others = cited(link).map((each) => new URL(each.href)).filter((each) => each.pathname === address.pathname);
  for (const other of new Set(others.map(place))) {
    if (other !== own) {
      address.searchParams.append("also", other);
    }
  }
  return address;
}

// All citations of the turn that `link` stands in.
function cited(link) {
  return [...(link.closest(".past, #current")?.querySelectorAll('a.cite[href^="/source/"]') ?? [])];
}

function place({ searchParams }) {
  return `${searchParams.get("at")}-${searchParams.get("sum")}`;
}

export function close() {
  pane.hidden = true;
  document.body.classList.remove("reading");
  const back = opener?.isConnected ? opener : box();
  opener?.removeAttribute("aria-current");
  opener = null;
  back?.focus();
}

function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('gradio-app a[href^="/source/"]') ?? quoted(event);
  if (link && isPlain(event)) {
    event.preventDefault();
    open(link);
  }
});

// A click anywhere on a quote opens it too, unless it ends a selection.
function quoted(event) {
  const quote = event.target.closest?.("figure.quote blockquote");
  return quote && getSelection().isCollapsed ? quote.querySelector("a.cite") : null;
}

function closeOnEscape(event) {
  if (event.key === "Escape" && !event.defaultPrevented && !pane.hidden) {
    event.preventDefault();
    close();
  }
}

document.getElementById("source-close").addEventListener("click", close);
document.addEventListener("keydown", closeOnEscape);
frame.addEventListener("load", () => {
  frame.contentWindow.addEventListener("keydown", closeOnEscape);
  settle(frame.contentWindow);
  accompany(new URL(frame.contentWindow.location.href));
});

// Whoever goes on to another quote in the pane finds its number marked in the answer, too.
function accompany(address) {
  const quote = (each) => each.pathname === address.pathname && place(each) === place(address);
  if (!opener || quote(new URL(opener.href))) {
    return;
  }
  const link = cited(opener).find((each) => quote(new URL(each.href)));
  if (link) {
    shows(link);
    alone.href = among(link).href;
  }
}

// A quote that can be seen with the title above it needs no scrolling.
function settle(source) {
  const quote = source.document.getElementById("quote");
  if (quote && quote.getBoundingClientRect().bottom + source.scrollY < source.innerHeight * 0.8) {
    source.scrollTo(0, 0);
  }
}
