// The check page: sends the text, and shows what the library says to each sentence as it comes. Whatever is shown is
// set as text, never as markup.

import "./language.js";
import { sentence } from "./shared/failing.js";
import { make, unseen } from "./shared/elements.js";
import { fetched, Failure, told } from "./server.js";
import { day as written, say } from "./words.js";

const form = document.getElementById("form");
const text = document.getElementById("text");
const day = document.getElementById("as-of");
const stop = document.getElementById("stop");
const state = document.getElementById("state");
const results = document.getElementById("results");

const VERDICTS = {
  supported: ["✓", "checkSupported"],
  contradicted: ["✗", "checkContradicted"],
  silent: ["?", "checkSilent"],
};
const SOURCE = /^\/source\/[0-9a-f]{32}\?at=\d+-\d+&sum=[0-9a-f]{12}#quote$/;

let leaving = null;
let counts = {};

function quoted(evidence) {
  const title = evidence.title ?? evidence.uri;
  const href = SOURCE.test(evidence.source) ? evidence.source : null;
  const link = make("a", { class: "open", href, target: "_blank", rel: "noopener" }, say("open"), unseen(` ${say("checkOpenIn", { title })}`));
  const by = [evidence.speaker, evidence.publisher ?? title, evidence.published ? written(evidence.published) : say("undated")];
  const names = by.filter(Boolean).flatMap((each, at) => [at ? ", " : "", make("span", { dir: "auto" }, each)]);
  return make("figure", {}, make("blockquote", { dir: "auto" }, evidence.quote), make("figcaption", {}, names, " ", link));
}

function shown(checked) {
  const [sign, words] = VERDICTS[checked.support];
  const quotes = checked.evidence.map(quoted);
  const isNear = quotes.length > 0 && checked.support === "silent";
  return make("li", { class: checked.support },
    make("p", { class: "said", dir: "auto" }, checked.text),
    make("p", { class: "verdict" }, make("span", { class: "sign" }, sign), ` ${say(words)}`),
    (checked.said?.reasons ?? checked.reasons).map((reason) => make("p", { class: "reason", dir: "auto" }, reason)),
    isNear ? make("details", {}, make("summary", {}, say("checkNearest")), quotes) : quotes);
}

function heard(name, data) {
  if (name === "checked") {
    results.append(shown(data));
    counts[data.support] += 1;
  } else if (name === "error") {
    failed(sentence(data.said?.error ?? data.error));
  } else if (name === "end") {
    state.textContent = results.firstChild ? say("checkDone", counts) : say("checkNoStatement");
  }
}

function failed(words) {
  state.textContent = words;
  state.className = "failure";
}

// Server-sent events, read from the answer to a POST, which the browser's own EventSource cannot send.
async function listen(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let kept = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const frames = (kept + value).split("\n\n");
    kept = frames.pop();
    for (const frame of frames) {
      const [, name, data] = frame.match(/^event: (\w+)\ndata: (.*)$/);
      heard(name, JSON.parse(data));
    }
  }
}

async function check() {
  const body = { text: text.value, ...(day.value && { as_of: day.value }) };
  await listen(await fetched("/api/v1/check", { method: "POST", body, accept: "text/event-stream", signal: leaving.signal }));
}

function busy(now) {
  stop.hidden = !now;
  document.getElementById("check").disabled = now;
  results.setAttribute("aria-busy", String(now));
}

// The server's own words, where it is not for want of them that nothing was checked.
function why(failure) {
  const isServers = failure instanceof Failure && failure.kind !== "offline";
  return isServers ? sentence(failure.sentence) || told(failure) : say("checkNoServer");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  leaving = new AbortController();
  counts = { supported: 0, contradicted: 0, silent: 0 };
  results.replaceChildren();
  state.className = "";
  state.textContent = say("checkUnderWay");
  busy(true);
  try {
    await check();
  } catch (error) {
    if (error.name === "AbortError") {
      state.textContent = say("checkStopped");
    } else {
      failed(why(error));
    }
  }
  busy(false);
});
stop.addEventListener("click", () => leaving?.abort());
