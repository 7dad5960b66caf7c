// The collections there are, offered where one is chosen: as a filter of the list, and for what is added.

import { make } from "./shared/elements.js";

export class Collections {
  #select;
  #suggestions;
  #known = new Set();

  // `select` holds the option for all of them already; `suggestions` is a datalist.
  constructor(select, suggestions) {
    this.#select = select;
    this.#suggestions = suggestions;
  }

  offer(names) {
    const fresh = names.filter((name) => name && !this.#known.has(name));
    if (fresh.length) {
      const chosen = this.#select.value;
      fresh.forEach((name) => this.#known.add(name));
      const sorted = [...this.#known].sort();
      const [all] = this.#select.options;
      this.#select.replaceChildren(all, ...sorted.map((name) => make("option", { value: name }, name)));
      this.#suggestions.replaceChildren(...sorted.map((name) => make("option", { value: name }, name)));
      this.#select.value = chosen;
      this.#select.closest("[hidden]")?.removeAttribute("hidden");
    }
  }

  choose(name) {
    this.offer([name]);
    this.#select.value = name;
  }
}
