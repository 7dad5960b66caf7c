// An answer taken along: as Markdown with footnotes, as plain text, or as a link to it. Where the browser lets no page
// copy, the words stand there, selected.

import { make } from "./shared/elements.js";
import { fetched, json, told } from "./server.js";
import { say } from "./words.js";

// The buttons for the turn `id`; `tools` is told what came of it.
export function copies(id, tools) {
  const turn = `/api/v1/turns/${encodeURIComponent(id)}`;
  const form = (name) => async () => (await fetched(`${turn}?form=${name}`, { accept: "*/*" })).text();
  const back = make("button", { type: "button", class: "tool", hidden: true, onclick: () => takeBack(turn, back, tools) }, say("takeLinkBack"));
  const link = async () => {
    const made = new URL((await json(`${turn}/link`, { method: "POST", body: {} })).link, location.href).href;
    back.hidden = false;
    return made;
  };
  const copied = button("copyLink", link, "linkCopied", tools);
  return [button("copyMarkdown", form("markdown"), "copied", tools), button("copyText", form("text"), "copied", tools), copied, back];
}

// The link opens nothing any more, for anybody; another one can be made.
async function takeBack(turn, button, tools) {
  tools.tell("");
  try {
    await fetched(`${turn}/link`, { method: "DELETE" });
  } catch (failure) {
    tools.tell(told(failure), true);
    return;
  }
  button.previousElementSibling?.focus();
  button.hidden = true;
  tools.hand.hidden = true;
  tools.tell(say("linkTakenBack"));
}

function button(name, words, heard, tools) {
  return make("button", { type: "button", class: "tool", onclick: () => copy(words(), say(heard), tools) }, say(name));
}

async function copy(words, heard, tools) {
  tools.tell("");
  tools.hand.hidden = true;
  try {
    if (await put(words)) {
      tools.tell(heard);
    } else {
      byHand(await words, tools);
    }
  } catch (failure) {
    tools.tell(told(failure), true);
  }
}

// Whether the words are on the clipboard. They are promised to it, since a browser lets a page write there only as long
// as it takes somebody's press for the reason.
async function put(words) {
  try {
    const blob = words.then((text) => new Blob([text], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    await words; // what the server did not give is no fault of the clipboard's
    return false;
  }
}

function byHand(words, tools) {
  const area = make("textarea", { rows: Math.min(10, words.split("\n").length + 1), class: "words", dir: "auto" });
  area.value = words;
  area.readOnly = true;
  const label = make("label", {}, say("copyByHand"), area);
  tools.hand.replaceChildren(label);
  tools.hand.hidden = false;
  area.focus();
  area.select();
}
