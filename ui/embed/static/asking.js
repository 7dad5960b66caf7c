// One question on its way: sent, its answer taken event by event, stopped, or failed.

import { eventsOf } from "./sse.js";
import { Failure } from "./session.js";

const AGAIN = 600;
const TRIES = 5;

export class Asking {
  #session;
  #abort = new AbortController();

  constructor(session) {
    this.#session = session;
  }

  stop() {
    this.#abort.abort();
  }

  get isStopped() {
    return this.#abort.signal.aborted;
  }

  // The events of the answer, the last one `answer`; raises Failure. A conversation whose last question has only just
  // been stopped is asked again in a moment.
  async *events(question, conversation) {
    const response = await this.#untilStopped(this.#sent({ question, conversation }));
    for await (const { name, data } of eventsOf(response)) {
      const value = JSON.parse(data);
      if (name === "error") {
        throw new Failure("refused", { sentence: value.said?.error ?? value.error });
      }
      yield { name, value };
      if (name === "answer") {
        return;
      }
    }
    throw new Failure("offline");
  }

  // Also where a session is waited for, which is not begun for this question alone.
  #untilStopped(work) {
    const { signal } = this.#abort;
    return Promise.race([work, new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))]);
  }

  async #sent(body) {
    const options = { method: "POST", body, accept: "text/event-stream", signal: this.#abort.signal };
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#session.fetch("/api/v1/ask", options);
      } catch (error) {
        if (error.status !== 409 || tries === TRIES) {
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN));
      }
    }
  }
}
