// The words of the page in its language, which the server has chosen; what an embedded chat says too stands with it.

import { Wording } from "./shared/wording.js";

const root = document.documentElement;
const tongue = root.dataset.language || root.lang || "en";

async function found(folder) {
  return (await fetch(new URL(`${folder}/${tongue}.json`, import.meta.url))).json();
}

const [own, shared] = await Promise.all([found("words"), found("shared/words")]);

export const wording = new Wording(tongue, { ...shared, ...own }, tongue);

// The sentence `key`, its blanks filled.
export const say = (key, values) => wording.say(key, values);

// The sentence `key` in the form that goes with `n`.
export const count = (key, n, values) => wording.say(key, { ...values, count: n });

// A day as 2025-08-16, as the language writes it out.
export const day = (iso) => wording.day(iso);

// A moment as an ISO date and time, as the language writes it, in the reader's own time zone.
export const moment = (iso) => wording.moment(iso);

// A number with the marks between thousands that the language has.
const numbers = new Intl.NumberFormat(tongue === "en" ? "en-GB" : tongue);
export const number = (n) => numbers.format(n);
