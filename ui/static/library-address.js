// Which part of the library is shown, as its address has it: to be kept, sent to somebody, and gone back to.

const STATES = ["", "searchable", "hidden", "refused", "removed"];
const ORDERS = ["uri", "added"];
const DOCUMENT = /^[0-9a-f]{32}$/;

// {state, words, order, collection, document}; what an address names that is not there is the whole list.
export function wanted(search = location.search) {
  const named = new URLSearchParams(search);
  const one = (name, known) => (known.includes(named.get(name)) ? named.get(name) : known[0]);
  const document = named.get("document") ?? "";
  return {
    state: one("state", STATES),
    words: named.get("words") ?? "",
    order: one("order", ORDERS),
    collection: named.get("collection") ?? "",
    document: DOCUMENT.test(document) ? document : "",
  };
}

// The address of it on this server; what is as usual is not named.
export function addressOf({ state = "", words = "", order = "uri", collection = "", document = "" }) {
  const query = new URLSearchParams();
  const given = { state, words: words.trim(), order: order === "uri" ? "" : order, collection, document };
  for (const [name, value] of Object.entries(given)) {
    if (value) {
      query.set(name, value);
    }
  }
  return query.size ? `/library?${query}` : "/library";
}

// Whether a click on a link is for this page, and not for another tab or window.
export function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
