// The scope as the page's address has it: to be kept, sent to somebody, and come back to. It names the same things as
// the server reads: as_of, from and to as 2024-06-30, and publisher and collection, each as often as there are any.

export const EVERYTHING = Object.freeze({ asOf: "", from: "", to: "", publishers: [], collections: [] });
// Publishers, or collections, of one scope, as the server takes them.
export const MOST = 50;

// {asOf, from, to, publishers, collections} as they stand there, right or wrong.
export function read(search = location.search) {
  const named = new URLSearchParams(search);
  const one = (name) => (named.get(name) ?? "").trim();
  const all = (name) => [...new Set(named.getAll(name).map((each) => each.trim()).filter(Boolean))];
  return { asOf: one("as_of"), from: one("from"), to: one("to"), publishers: all("publisher"), collections: all("collection") };
}

// The same as [name, value] pairs; nothing for everything.
export function pairs({ asOf, from, to, publishers, collections }) {
  const days = [["as_of", asOf], ["from", from], ["to", to]].filter(([, value]) => value);
  return [...days, ...publishers.map((each) => ["publisher", each]), ...collections.map((each) => ["collection", each])];
}

export const query = (scope) => new URLSearchParams(pairs(scope)).toString();

// Puts it into the page's address, in place: changing the scope is no step to go back by.
export function write(scope) {
  const address = new URL(location.href);
  ["as_of", "from", "to", "publisher", "collection"].forEach((name) => address.searchParams.delete(name));
  pairs(scope).forEach(([name, value]) => address.searchParams.append(name, value));
  if (address.href !== location.href) {
    history.replaceState(history.state, "", address);
  }
}

// Where a conversation is found again, asked further within this scope; without an id, a new one.
export function addressOf(scope, conversation = "") {
  const named = new URLSearchParams([...(conversation ? [["conversation", conversation]] : []), ...pairs(scope)]);
  return named.size ? `/?${named}` : "/";
}

export function isDay(value) {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
  return day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}
