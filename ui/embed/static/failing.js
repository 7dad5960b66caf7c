// What a reader is told of a failure, in their language; the server's own sentence where it alone knows what is wrong.

import { Failure } from "./session.js";

const SAID = { offline: "offline", "signed-out": "signedOut", closed: "closed", busy: "busy" };

export function told(failure, wording) {
  if (!(failure instanceof Failure)) {
    console.error(failure);
    return wording.say("failed");
  }
  if (failure.kind === "limit" || (failure.kind === "busy" && failure.seconds)) {
    const key = failure.kind === "limit" ? "limit" : "busyFor";
    return wording.say(key, { count: Math.max(1, failure.seconds ?? 60) });
  }
  return SAID[failure.kind] ? wording.say(SAID[failure.kind]) : sentence(failure.sentence) || wording.say("failed");
}

// As it stands on a page: with a capital and a full stop.
export function sentence(message) {
  const words = message.trim().replace(/\.$/, "");
  return words && `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}
