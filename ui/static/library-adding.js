// Adding files and addresses: chosen, dropped or written down, with who may read them; sent one after another.

import { fetched, told } from "./server.js";
import { make } from "./shared/elements.js";
import { number } from "./library-figures.js";
import { count, say } from "./words.js";

const FILES = "/api/v1/library/files";
const URLS = "/api/v1/library/urls";
const TRIES = 30;
const PAUSE = 2000;

export class Adding {
  #parts;
  #labels;
  #heard;
  #files = [];
  #isSending = false;

  // `parts`: section, form, opener, picker, chosen, urls, publisher, collection, state, send and cancel. `labels` are
  // the readers. `heard`: begun(job, what) and refused(what, sentence).
  constructor(parts, labels, heard) {
    this.#parts = parts;
    this.#labels = labels;
    this.#heard = heard;
    parts.opener.addEventListener("click", () => this.toggle());
    parts.cancel.addEventListener("click", () => this.toggle(false));
    parts.picker.addEventListener("change", () => {
      this.choose([...parts.picker.files]);
      parts.picker.value = "";
    });
    parts.section.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#sent();
    });
  }

  toggle(open = this.#parts.section.hidden) {
    const { section, opener, picker } = this.#parts;
    section.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    (open ? picker : opener).focus();
  }

  // Files to be sent, beside those that were chosen already.
  choose(files) {
    const largest = Number(this.#parts.form.dataset.largest);
    for (const file of files) {
      if (file.size > largest) {
        const most = number(Math.round(largest / 2 ** 20 * 10) / 10);
        this.#heard.refused(say("libraryAdding", { name: file.name }), say("libraryTooLarge", { most }));
      } else if (!this.#files.some((each) => isSame(each, file))) {
        this.#files.push(file);
      }
    }
    this.#listed();
  }

  #listed() {
    const { chosen } = this.#parts;
    chosen.replaceChildren(...this.#files.map((file) => {
      const label = say("libraryLeaveOut", { name: file.name });
      return make("li", {}, make("span", { dir: "auto" }, file.name),
        make("button", { type: "button", "aria-label": label, onclick: () => this.#left(file) }, "×"));
    }));
  }

  #without(file) {
    this.#files = this.#files.filter((each) => each !== file);
    this.#listed();
  }

  #left(file) {
    const at = this.#files.indexOf(file);
    this.#without(file);
    const buttons = this.#parts.chosen.querySelectorAll("button");
    (buttons[at] ?? buttons[at - 1] ?? this.#parts.picker).focus();
  }

  // What is sent is sent once; the button keeps the focus meanwhile.
  async #sent() {
    if (!this.#isSending && this.#labels.isChosen) {
      this.#isSending = true;
      this.#parts.send.setAttribute("aria-disabled", "true");
      await this.#send();
      this.#parts.send.removeAttribute("aria-disabled");
      this.#isSending = false;
    }
  }

  async #send() {
    const { urls, publisher, collection } = this.#parts;
    const files = this.#files.map((file) => ({ file, what: file.name }));
    const orders = [...files, ...lines(urls).map((url) => ({ url, what: url }))];
    if (!orders.length) {
      this.#told(say("libraryNothingChosen"));
      return;
    }
    const [named, placed] = [publisher, collection].map((box) => box.value.trim());
    const filed = { readers: this.#labels.chosen, publisher: named, collection: placed };
    const kept = [];
    for (const [at, order] of orders.entries()) {
      const far = { name: order.what, number: number(at + 1), total: number(orders.length) };
      this.#told(say("librarySending", far), false);
      try {
        const { job } = await patiently(() => (order.file ? sentFile(order.file, filed) : sentUrl(order.url, filed)));
        this.#heard.begun(job, say("libraryAdding", { name: order.what }));
        this.#without(order.file);
      } catch (failure) {
        kept.push(order);
        if (failure.kind === "refused") {
          this.#without(order.file);
        }
        this.#heard.refused(say("libraryAdding", { name: order.what }), told(failure));
      }
    }
    const sent = new Set(orders.filter((order) => !kept.includes(order)).map(({ url }) => url));
    urls.value = lines(urls).filter((line) => !sent.has(line)).join("\n");
    this.#told(kept.length ? count("libraryNotSent", kept.length, { n: number(kept.length) }) : "");
    // What was chosen or written meanwhile waits for another press of the button.
    if (!kept.length && !this.#files.length && !urls.value) {
      this.toggle(false);
    }
  }

  #told(words, amiss = true) {
    this.#parts.state.textContent = words;
    this.#parts.state.className = amiss && words ? "failure" : "note";
  }
}

const lines = (box) => box.value.split("\n").map((line) => line.trim()).filter(Boolean);

// Whether a file was chosen twice: two of one name and size from different folders are not the same.
const isSame = (one, other) => ["name", "size", "lastModified"].every((each) => one[each] === other[each]);

// Where too much waits to be done already, what is sent waits, too.
async function patiently(send) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await (await send()).json();
    } catch (failure) {
      if (failure.status !== 503 || tries === TRIES) {
        throw failure;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

function sentUrl(url, { readers, publisher, collection }) {
  const said = { url, readers, ...(publisher && { publisher }), ...(collection && { collection }) };
  return fetched(URLS, { method: "POST", body: said });
}

function sentFile(file, { readers, publisher, collection }) {
  const said = { ...(publisher && { publisher }), ...(collection && { collection }) };
  const query = new URLSearchParams({ name: file.name, ...said });
  readers.forEach((label) => query.append("readers", label));
  return fetched(`${FILES}?${query}`, { method: "POST", body: file });
}
