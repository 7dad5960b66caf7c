// The words of the page, in the language of the page around it, and dates as that language writes them.

const TONGUES = ["en", "de", "fr", "es", "pl", "ar"];
const RIGHT_TO_LEFT = ["ar"];

export class Wording {
  #words;
  #plurals;
  #locale;
  // Each made when it is first needed: a browser takes milliseconds to make one.
  #days = null;
  #moments = null;
  #numbers = null;

  constructor(tongue, words, language) {
    this.tongue = tongue;
    this.direction = RIGHT_TO_LEFT.includes(tongue) ? "rtl" : "ltr";
    this.#words = words;
    this.#plurals = new Intl.PluralRules(tongue);
    // English of no country has its dates as the conversation's own page writes them.
    this.#locale = language === "en" ? "en-GB" : language;
  }

  // The sentence `key` with {name} filled in; of several, the one for {count}.
  say(key, values = {}) {
    const found = this.#words[key];
    const form = typeof found === "object" ? (found[this.#plurals.select(values.count)] ?? found.other) : found;
    return form.replace(/\{(\w+)\}/g, (whole, name) => this.#value(values[name]) ?? whole);
  }

  #value(value) {
    return typeof value === "number" ? (this.#numbers ??= new Intl.NumberFormat(this.#locale)).format(value) : value;
  }

  // A day without a time, as 2025-08-16.
  day(iso) {
    this.#days ??= new Intl.DateTimeFormat(this.#locale, { dateStyle: "long", timeZone: "UTC" });
    return this.#days.format(new Date(`${iso}T00:00:00Z`));
  }

  moment(iso) {
    this.#moments ??= new Intl.DateTimeFormat(this.#locale, { dateStyle: "medium", timeStyle: "short" });
    return this.#moments.format(new Date(iso));
  }
}

export async function wording(wanted) {
  const first = wanted.slice(0, 2).toLowerCase();
  const tongue = TONGUES.includes(first) ? first : "en";
  const response = await fetch(new URL(`words/${tongue}.json`, import.meta.url));
  return new Wording(tongue, await response.json(), tongue === first ? regional(wanted, tongue) : tongue);
}

function regional(wanted, tongue) {
  try {
    return Intl.getCanonicalLocales(wanted)[0];
  } catch {
    return tongue;
  }
}
