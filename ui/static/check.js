// The check page: sends the text, and shows what the library says to each sentence as it comes. Whatever is shown is
// set as text, never as markup.
"use strict";

(() => {
  const form = document.getElementById("form");
  const text = document.getElementById("text");
  const day = document.getElementById("as-of");
  const stop = document.getElementById("stop");
  const state = document.getElementById("state");
  const results = document.getElementById("results");

  const VERDICTS = {
    supported: ["✓", "Supported"],
    contradicted: ["✗", "The documents say otherwise"],
    silent: ["?", "The documents do not say"],
  };
  const SOURCE = /^\/source\/[0-9a-f]{32}\?at=\d+-\d+&sum=[0-9a-f]{12}#quote$/;

  let leaving = null;
  let counts = {};

  function made(name, words, kind) {
    const element = document.createElement(name);
    if (kind) {
      element.className = kind;
    }
    element.append(...[words].flat());
    return element;
  }

  function quoted(evidence) {
    const link = made("a", "Open", "open");
    if (SOURCE.test(evidence.source)) {
      link.href = evidence.source;
    }
    link.target = "_blank";
    link.rel = "noopener";
    link.append(made("span", ` this quote in ${evidence.title ?? evidence.uri}, in a new tab`, "unseen"));
    const by = [evidence.speaker, evidence.publisher ?? evidence.title ?? evidence.uri, long(evidence.published)];
    const quote = made("blockquote", evidence.quote);
    quote.dir = "auto";
    return made("figure", [quote, made("figcaption", [by.filter(Boolean).join(", "), " ", link])]);
  }

  function long(day) {
    const form = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return day ? new Date(day).toLocaleDateString("en-GB", form) : "no date given";
  }

  function shown(checked) {
    const [sign, words] = VERDICTS[checked.support];
    const said = made("p", checked.text, "said");
    said.dir = "auto";
    const verdict = made("p", [made("span", sign, "sign"), ` ${words}`], "verdict");
    const reasons = checked.reasons.map((reason) => made("p", reason, "reason"));
    const item = made("li", [said, verdict, ...reasons], checked.support);
    if (checked.evidence.length > 0 && checked.support === "silent") {
      const near = made("details", [made("summary", "What came nearest"), ...checked.evidence.map(quoted)]);
      item.append(near);
    } else {
      item.append(...checked.evidence.map(quoted));
    }
    return item;
  }

  function heard(name, data) {
    if (name === "checked") {
      results.append(shown(data));
      counts[data.support] = (counts[data.support] ?? 0) + 1;
    } else if (name === "error") {
      failed(data.error);
    } else if (name === "end") {
      state.textContent = tally();
    }
  }

  function tally() {
    const found = Object.keys(VERDICTS).filter((each) => counts[each]);
    const told = { supported: "supported", contradicted: "contradicted", silent: "not in the documents" };
    const parts = found.map((each) => `${counts[each]} ${told[each]}`);
    return parts.length ? `Done: ${parts.join(", ")}.` : "There is no statement in the text to check.";
  }

  function failed(sentence) {
    const plain = sentence.trim().replace(/\.$/, "");
    state.textContent = `${plain[0].toUpperCase()}${plain.slice(1)}.`;
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
    const asked = { text: text.value, ...(day.value && { as_of: day.value }) };
    const headers = { "Content-Type": "application/json", Accept: "text/event-stream" };
    const signal = leaving.signal;
    const response = await fetch("/api/v1/check", { method: "POST", headers, body: JSON.stringify(asked), signal });
    if (response.ok) {
      await listen(response);
    } else {
      const json = response.headers.get("Content-Type") === "application/json";
      failed(json ? (await response.json()).error : await response.text());
    }
  }

  function busy(now) {
    stop.hidden = !now;
    document.getElementById("check").disabled = now;
    results.setAttribute("aria-busy", String(now));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    leaving = new AbortController();
    counts = {};
    results.replaceChildren();
    state.className = "";
    state.textContent = "Checking";
    busy(true);
    try {
      await check();
    } catch (error) {
      if (error.name === "AbortError") {
        state.textContent = "Stopped.";
      } else {
        failed("The server does not answer; see whether it still runs, and check again");
      }
    }
    busy(false);
  });
  stop.addEventListener("click", () => leaving?.abort());
})();
