// What the page asks of its server over the API. What is not done is a Failure, which `told` says in the reader's words.

import { told as say } from "./shared/failing.js";
import { Failure, failureOf } from "./shared/session.js";
import { wording } from "./words.js";

export { Failure };

// The response to a request of this page's own server. Raises Failure; an AbortError passes through.
export async function fetched(path, { method = "GET", body, signal, accept = "application/json" } = {}) {
  const headers = { accept, ...(body !== undefined && { "content-type": typeOf(body) }) };
  const sent = body === undefined || body instanceof Blob ? body : JSON.stringify(body);
  const options = { method, headers, signal, body: sent, cache: "no-store" };
  const response = await reached(path, options);
  if (!response.ok) {
    throw await failureOf(response);
  }
  return response;
}

export async function json(path, options) {
  return (await fetched(path, options)).json();
}

// One sentence for the reader.
export function told(failure) {
  return say(failure, wording);
}

// A file is sent as it is, everything else as JSON.
const typeOf = (body) => (body instanceof Blob ? "application/octet-stream" : "application/json");

async function reached(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Failure("offline");
  }
}
