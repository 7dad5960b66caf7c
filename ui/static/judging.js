// Whether an answer was right, and if not, in what: which quote does not fit, what is missing, or in the reader's words.

import { make } from "./shared/elements.js";
import { fetched, told } from "./server.js";
import { statements } from "./statements.js";
import { say } from "./words.js";

const LONGEST = 2000;
const REASONS = { wrong_source: "reasonWrongSource", missing: "reasonMissing", wrong: "reasonWrong", other: "reasonOther" };
let made = 0;

// The verdict on the turn `id`: `element` has its two buttons, `box` what is asked of who says that it was not right.
export function verdict(id, tools) {
  const form = new Form(send, hide);
  const up = button("helpful", () => give({ verdict: "up" }));
  const down = button("notRight", () => (form.element.hidden ? show() : hide()));
  down.setAttribute("aria-expanded", "false");
  const element = make("div", { class: "verdict-box", role: "group", "aria-label": say("wasItRight") }, up, down);
  return { element, box: form.element, doubt };

  function show() {
    form.offer(statements(tools.element));
    form.element.hidden = false;
    down.setAttribute("aria-expanded", "true");
    tools.tell("");
    form.first.focus({ preventScroll: true });
    form.element.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    form.element.hidden = true;
    down.setAttribute("aria-expanded", "false");
    down.focus({ preventScroll: true });
  }

  // Open, with this quote named as the wrong source.
  function doubt({ number }) {
    form.offer(statements(tools.element));
    form.name("wrong_source", number);
    show();
  }

  async function send() {
    if (await give({ verdict: "down", ...form.said })) {
      hide();
    }
  }

  async function give(said) {
    tools.tell("");
    try {
      await fetched("/api/v1/feedback", { method: "POST", body: { turn: id, ...said } });
    } catch (failure) {
      tools.tell(told(failure), true);
      return false;
    }
    up.setAttribute("aria-pressed", String(said.verdict === "up"));
    down.setAttribute("aria-pressed", String(said.verdict === "down"));
    tools.tell(say("thanks"));
    return true;
  }
}

function button(name, onclick) {
  return make("button", { type: "button", class: "tool", "aria-pressed": "false", onclick }, say(name));
}

// What is wrong; the words in it stay until they are changed.
class Form {
  constructor(send, leave) {
    const name = `reason-${(made += 1)}`;
    this.reasons = Object.entries(REASONS).map(([value, key]) => radio(name, value, say(key), () => this.#chosen()));
    this.quotes = make("select", { onchange: () => this.name("wrong_source", this.quotes.value) });
    this.which = make("label", { class: "which-quote" }, make("span", {}, say("whichQuote")), this.quotes);
    this.area = make("textarea", { rows: 3, maxlength: LONGEST, dir: "auto", "aria-describedby": `${name}-unseen` });
    this.element = make("form", { class: "wrong", hidden: true, onsubmit: sent, onkeydown: escaped },
      make("fieldset", {}, make("legend", {}, say("whatIsTheMatter")), this.reasons.map((each) => each.label)),
      this.which,
      make("label", {}, make("span", {}, say("ownWords")), this.area),
      make("p", { class: "fineprint", id: `${name}-unseen` }, say("neverShown")),
      make("div", { class: "sending" },
        make("button", { type: "submit", class: "tool main" }, say("send")),
        make("button", { type: "button", class: "tool", onclick: leave }, say("cancel"))));

    function sent(event) {
      event.preventDefault();
      send();
    }

    function escaped(event) {
      if (event.key === "Escape" && !event.isComposing) {
        event.preventDefault();
        event.stopPropagation();
        leave();
      }
    }
  }

  // Where the keyboard begins.
  get first() {
    return (this.reasons.find(({ input }) => input.checked) ?? this.reasons[0]).input;
  }

  // What has been said, as the server takes it.
  get said() {
    const reason = this.reasons.find(({ input }) => input.checked)?.input.value;
    const quote = reason === "wrong_source" ? Number(this.quotes.value) : 0;
    return { comment: this.area.value.trim(), ...(reason && { reason }), ...(quote && { quote }) };
  }

  // The quotes of the answer, to name one of; where there is none, none is asked for.
  offer(quotes) {
    if (this.quotes.options.length === quotes.length + 1) {
      return;
    }
    const chosen = this.quotes.value;
    this.quotes.replaceChildren(...[["", "–"], ...quotes.map((each) => [each.number, naming(each)])].map(([value, words]) =>
      make("option", { value }, words)));
    this.quotes.value = chosen;
    this.which.hidden = !quotes.length;
  }

  name(reason, quote) {
    this.reasons.forEach(({ input }) => (input.checked = input.value === reason));
    this.quotes.value = String(quote);
    this.#chosen();
  }

  #chosen() {
    const { input } = this.reasons[0];
    this.element.classList.toggle("of-quote", input.checked);
  }
}

function radio(name, value, words, onchange) {
  const input = make("input", { type: "radio", name, value, onchange });
  return { input, label: make("label", {}, input, make("span", {}, words)) };
}

const naming = ({ number, speaker, publisher, day }) => `${number} · ${[speaker, publisher, day].filter(Boolean).join(", ")}`;
