// Conversations by the day on which they last changed, as the reader's own clock has it.

import { day, say } from "./words.js";

const DAY = 24 * 3600 * 1000;

// 2025-08-16, in the reader's time zone.
const local = (when) => new Date(when.getTime() - when.getTimezoneOffset() * 60000).toISOString().slice(0, 10);

// What the day of `changed`, an ISO moment, is called.
export function dayOf(changed, now = new Date()) {
  const iso = local(new Date(changed));
  if (iso === local(now)) {
    return say("today");
  }
  return iso === local(new Date(now.getTime() - DAY)) ? say("yesterday") : day(iso);
}
