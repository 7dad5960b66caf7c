// Hands the scope to gradio, in a box of its that nobody sees; it goes to the server with the next question. Gradio may
// make the box anew at any time.

import { follow } from "./follow.js";

let wanted = "";

function put() {
  const box = document.querySelector("#scope-carrier :is(textarea, input)");
  if (box && box.value !== wanted) {
    box.value = wanted;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function carry(query) {
  wanted = query;
  put();
}

follow(put);
document.addEventListener("focusin", put);
