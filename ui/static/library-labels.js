// Reader labels chosen for what is added: written by hand, separated by commas, or picked from those that are in use.

import { make } from "./shared/elements.js";

export class Labels {
  #input;
  #box;
  #known = new Set();

  constructor(input, box) {
    this.#input = input;
    this.#box = box;
    input.addEventListener("input", () => this.#marked());
  }

  get chosen() {
    return [...new Set(this.#input.value.split(",").map((label) => label.trim()).filter(Boolean))];
  }

  // Whether any is chosen; where none is, the browser says that one has to be.
  get isChosen() {
    this.#input.value = this.chosen.join(", ");
    return this.#input.reportValidity();
  }

  // Offer these labels too.
  offer(labels) {
    const fresh = labels.filter((label) => label && !this.#known.has(label));
    if (fresh.length) {
      fresh.forEach((label) => this.#known.add(label));
      const buttons = [...this.#known].sort().map((label) => {
        const shown = { type: "button", class: "label", dir: "auto", "data-label": label };
        return make("button", { ...shown, onclick: () => this.#toggled(label) }, label);
      });
      this.#box.replaceChildren(...buttons);
      this.#marked();
    }
  }

  #toggled(label) {
    const chosen = this.chosen;
    const next = chosen.includes(label) ? chosen.filter((each) => each !== label) : [...chosen, label];
    this.#input.value = next.join(", ");
    this.#marked();
  }

  #marked() {
    const chosen = this.chosen;
    for (const button of this.#box.children) {
      button.setAttribute("aria-pressed", String(chosen.includes(button.dataset.label)));
    }
  }
}
