// Puts the question of a turn that failed or was stopped once more.

import { askAgain, questionOf } from "./follow.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.retry");
  const question = button && questionOf(button);
  if (question) {
    askAgain(question);
  }
});
