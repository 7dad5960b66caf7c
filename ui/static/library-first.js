// The first rows, asked for before all the rest of the page's script is there.

import { wanted } from "./library-address.js";
import { kindOf, PAGE, question } from "./library-kinds.js";

const asked = question(kindOf(wanted()), wanted(), null, PAGE);
// In the very form in which the page's head asks for it, or it would be asked twice.
let answer = fetch(asked)
  .then((response) => (response.ok ? response.json() : null))
  .catch(() => null);

// What was answered if this is what was asked, once; null otherwise, and where there was no answer.
export async function first(question) {
  const given = question === asked ? answer : null;
  answer = null;
  return given;
}
