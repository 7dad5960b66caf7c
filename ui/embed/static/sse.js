// Server-sent events read from a response's body, as the WHATWG's HTML standard has them, section 9.2.6: chunks may be
// cut anywhere, in the middle of a character or between the two characters that end a line.

import { Failure } from "./session.js";

export class Events {
  #decoder = new TextDecoder();
  #rest = "";
  #name = "";
  #data = [];

  // The events that this chunk, a Uint8Array, completes: {name, data}.
  take(chunk) {
    return this.#read(this.#decoder.decode(chunk, { stream: true }));
  }

  #read(text) {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop();
    return lines.map((line) => this.#line(line)).filter(Boolean);
  }

  #line(line) {
    if (line === "") {
      return this.#dispatched();
    }
    const colon = line.indexOf(":");
    const [field, value] = colon < 0 ? [line, ""] : [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, "")];
    if (field === "event") {
      this.#name = value;
    } else if (field === "data") {
      this.#data.push(value);
    }
    return null;
  }

  #dispatched() {
    const event = this.#data.length ? { name: this.#name || "message", data: this.#data.join("\n") } : null;
    this.#name = "";
    this.#data = [];
    return event;
  }
}

// The events of a response, one after another. Raises Failure where the line breaks.
export async function* eventsOf(response) {
  const events = new Events();
  const reader = response.body.getReader();
  try {
    for (let part = await taken(reader); !part.done; part = await taken(reader)) {
      yield* events.take(part.value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

async function taken(reader) {
  try {
    return await reader.read();
  } catch (error) {
    throw error.name === "AbortError" ? error : new Failure("offline");
  }
}
