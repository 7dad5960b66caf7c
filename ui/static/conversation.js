// The conversation in the page's address, once it is kept: so that it can be loaded again, and sent to oneself. The
// drawer of the others is loaded when it is first opened.

import { follow } from "./follow.js";

let shown = false;

function named() {
  const links = document.querySelectorAll(":is(#current, #earlier) a.permalink");
  const id = links.length ? new URL(links[links.length - 1].href).searchParams.get("conversation") : null;
  const isThere = document.querySelector(":is(#current, #earlier) .turn") !== null;
  const address = new URL(location.href);
  if (id) {
    address.searchParams.set("conversation", id);
  } else if (shown && !isThere) {
    // A new conversation has begun.
    address.searchParams.delete("conversation");
    address.hash = "";
  }
  shown = isThere;
  if (address.href !== location.href) {
    history.replaceState(history.state, "", address);
  }
}

// The conversation that this page shows; null for a new one.
export const conversation = () => new URLSearchParams(location.search).get("conversation");

export const openEarlier = async () => (await import("./history.js")).open();

document.getElementById("history-open").addEventListener("click", openEarlier);
follow(named);
