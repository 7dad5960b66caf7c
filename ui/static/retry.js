// Puts the question of a turn that failed or was stopped once more, within the scope that it was asked with.

import { askAgain, questionOf, scopeOf } from "./follow.js";
import { resume } from "./scope.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.retry");
  const question = button && questionOf(button);
  if (question) {
    resume(scopeOf(button));
    askAgain(question);
  }
});
