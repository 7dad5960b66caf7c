// The scope in words, and what is wrong with it.

import { isDay, MOST, pairs } from "./scope-address.js";
import { count, day, say } from "./words.js";

const NAMED = 3;

const written = (value) => (isDay(value) ? day(value) : value);

// "As of 30 June 2024 · Reuters, BBC", or "Everything".
export function inWords(scope) {
  const { asOf, publishers, collections } = scope;
  const said = [
    asOf && say("scopeAsOf", { date: written(asOf) }),
    range(scope),
    publishers.length && names(publishers),
    collections.length && count("scopeInCollection", collections.length, { names: names(collections) }),
  ].filter(Boolean);
  return said.length ? capital(said.join(" · ")) : say("scopeEverything");
}

function range({ from, to }) {
  if (from && to) {
    return say("scopeBetween", { first: written(from), last: written(to) });
  }
  return from ? say("scopeSince", { date: written(from) }) : to && say("scopeUntil", { date: written(to) });
}

function names(chosen) {
  const first = chosen.slice(0, NAMED).join(", ");
  const more = chosen.length - NAMED;
  return more > 0 ? count("scopeMore", more, { names: first }) : first;
}

const capital = (words) => words.charAt(0).toLocaleUpperCase(document.documentElement.dataset.language) + words.slice(1);

// A sentence for each thing that keeps the server from taking it, and for each name that `known` has not: the
// {publishers, collections} that whoever reads this may read, each with its `name`; null while nobody knows.
export function amiss(scope, known) {
  const { asOf, from, to, publishers, collections } = scope;
  const wrong = [asOf, from, to].filter((each) => each && !isDay(each)).map((value) => say("scopeDayWrong", { value }));
  if (isDay(from) && isDay(to) && from > to) {
    wrong.push(say("scopeRangeWrong", { first: day(from), last: day(to) }));
  }
  if (Math.max(publishers.length, collections.length) > MOST) {
    wrong.push(say("scopeTooMany", { most: MOST }));
  }
  if (known && pairs(scope).length) {
    wrong.push(...unknown("scopeNoPublisher", publishers, known.publishers));
    wrong.push(...unknown("scopeNoCollection", collections, known.collections));
  }
  return wrong;
}

function unknown(key, chosen, listed) {
  const there = new Set(listed.map((each) => each.name));
  const missing = chosen.filter((each) => !there.has(each));
  return missing.length ? [say(key, { names: names(missing) })] : [];
}
