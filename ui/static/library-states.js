// The counts over the list, each a link to that part of it.

import { addressOf, isPlain } from "./library-address.js";
import { number } from "./library-figures.js";

export class States {
  #links;
  #chosen;

  // `chosen(state)` hears of a link that was followed.
  constructor(nav, chosen) {
    this.#links = [...nav.querySelectorAll("a")];
    this.#chosen = chosen;
    nav.addEventListener("click", (event) => this.#clicked(event));
  }

  // Mark the part that is shown; the other links keep its words.
  show(wanted) {
    for (const link of this.#links) {
      const { state } = link.dataset;
      link.href = addressOf({ ...wanted, state, document: "" });
      if (state === wanted.state) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    }
  }

  counted(counts) {
    const all = { "": counts.searchable + counts.hidden, ...counts };
    for (const link of this.#links) {
      link.querySelector(".figure").textContent = number(all[link.dataset.state]);
    }
  }

  #clicked(event) {
    const link = event.target.closest("a");
    if (link && isPlain(event)) {
      event.preventDefault();
      this.#chosen(link.dataset.state);
    }
  }
}
