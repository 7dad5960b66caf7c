// Puts the question of a turn that failed or was stopped once more.

import { askAgain } from "./follow.js";

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.retry");
  const question = button && (button.closest(".past") ?? document.getElementById("asked"))?.querySelector(".turn h2");
  if (question) {
    askAgain(question.textContent);
  }
});
