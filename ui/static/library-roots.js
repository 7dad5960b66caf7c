// The folders, files and feeds that the library was synced from, and when each was last.

import { number, shortMoment } from "./library-figures.js";
import { readers } from "./library-row.js";
import { json } from "./server.js";
import { make } from "./shared/elements.js";
import { count, say } from "./words.js";

export class Roots {
  #box;
  #known;

  // `box` is a disclosure with a summary; `known(readers, collections)` hears of the labels in use.
  constructor(box, known) {
    this.#box = box;
    this.#known = known;
  }

  // Whether those that are gone from there are to be removed, too.
  get prune() {
    return this.#box.querySelector("input").checked;
  }

  async show() {
    const { roots } = await json("/api/v1/library/roots");
    this.#known(roots.flatMap((root) => root.readers), roots.map((root) => root.collection));
    this.#box.hidden = !roots.length;
    this.#box.querySelector("summary").textContent = count("libraryRoots", roots.length, { n: number(roots.length) });
    this.#box.querySelector("ul").replaceChildren(...roots.map(item));
  }
}

function item({ path, readers: labels, collection, synced }) {
  return make("li", {},
    make("span", { class: "uri", dir: "ltr" }, path),
    make("span", { class: "beside" }, say("librarySynced", { when: shortMoment(synced) }),
      collection && make("span", { dir: "auto" }, collection), readers({ readers: labels })));
}
