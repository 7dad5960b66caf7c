// The chat inside another page: its parts put together, and what the page around it says passed on to them.

import { make, picture, unseen } from "./elements.js";
import { Conversation } from "./conversation.js";
import { Quotes } from "./evidence.js";
import { told } from "./failing.js";
import { History } from "./history.js";
import { Host } from "./host.js";
import { Session } from "./session.js";
import { Source } from "./source.js";
import { dress } from "./theme.js";
import { wording } from "./wording.js";

const { embed, audience, origins, greeting, linkHosts, writes } = document.documentElement.dataset;
const LONGEST_QUESTION = 4000;
const RECENT = 30 * 60 * 1000;
const HEARD = 1000;
const words = (list) => (list ?? "").split(" ").filter(Boolean);

const host = new Host(words(origins));
const session = new Session(embed, host);
const ready = new Promise((resolve) => host.on("hello", resolve));
let page = null;
let wanted = null;
let isShown = false;

host.on("shown", () => {
  isShown = true;
  page?.focus();
});
host.on("hidden", () => {
  isShown = false;
});
host.on("ask", ({ question }) => {
  if (page) {
    page.ask(question.trim());
  } else {
    wanted = question.trim();
  }
});

if (window.parent === window) {
  alone();
} else {
  host.send("ready", { audience });
  open(await ready);
}

async function open({ language, theme, variables }) {
  dress(theme, variables);
  page = built(await wording(language));
  host.on("hello", (again) => dress(again.theme, again.variables));
  if (isShown) {
    page.focus();
  }
  if (wanted) {
    page.ask(wanted);
  } else {
    await page.resume();
  }
}

async function alone() {
  dress("auto", {});
  const own = await wording(navigator.language);
  Object.assign(document.documentElement, { lang: own.tongue, dir: own.direction });
  document.body.append(make("main", { class: "alone" }, make("h1", {}, "On Record"), make("p", {}, own.say("alone"))));
}

function built(wording) {
  const say = (key, values) => wording.say(key, values);
  Object.assign(document.documentElement, { lang: wording.tongue, dir: wording.direction });
  const tools = { wording, session, linkHosts: words(linkHosts), writes: writes !== undefined };

  const area = make("textarea", { id: "question", rows: 1, maxlength: LONGEST_QUESTION, placeholder: say("placeholder"), dir: "auto", enterkeyhint: "send", autocomplete: "off" });
  const send = make("button", { type: "submit", class: "main" }, say("ask"));
  const progress = make("span", { class: "progress" });
  const stop = make("button", { type: "button", class: "stop", onclick: stopped, disabled: true }, say("stop"));
  const read = make("button", { type: "button", class: "read", hidden: true, onclick: reading }, say("readIt"));
  const strip = make("div", { class: "strip" }, progress, read, stop);
  const seeing = new IntersectionObserver(seen);
  let prose = null;
  const composer = make("form", { class: "composer", onsubmit: submitted },
    strip, make("div", { class: "box" }, make("label", { class: "unseen", for: "question" }, say("label")), area, send));

  const welcome = make("div", { class: "welcome" }, make("h2", {}, say("welcome")), make("p", { dir: "auto" }, greeting || say("promise")));
  const log = make("div", { class: "log", role: "log", "aria-live": "off", "aria-label": say("conversation") });
  const state = make("div", { class: "state" });
  const scroller = make("main", { class: "scroller" }, welcome, state, log);
  const icon = (key, path, onclick, more) => make("button", { type: "button", class: "icon", title: say(key), onclick, ...more }, picture(path), unseen(say(key)));
  const past = icon("history", "M12 7v5l3 2M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.500h4.500", () => history.open(past), { "aria-expanded": "false" });
  const header = make("header", { class: "top" }, make("h1", {}, "On Record"),
    icon("newConversation", "M12 5v14M5 12h14", anew), past,
    icon("close", "M6 6l12 12M18 6L6 18", () => host.send("close")));
  const pane = (name) => make("section", { class: `pane ${name}`, hidden: true, "aria-label": say(name) });
  const [sourcePane, historyPane] = ["source", "history"].map(pane);
  const searching = make("p", { class: "unseen", role: "status" });
  const announcer = make("p", { class: "unseen", id: "announcer", "aria-live": "polite" });
  document.body.append(header, scroller, composer, sourcePane, historyPane, searching, announcer);

  const behind = [header, scroller, composer];
  const quotes = new Quotes(wording, (evidence, opener) => source.open(evidence, opener));
  const source = new Source({ ...tools, quotes }, sourcePane, behind);
  const conversation = new Conversation({ ...tools, quotes }, {
    log, welcome, searching, announcer, top, progress: progressed, written, announce, focus, onchange: () => state.replaceChildren(),
  });
  const history = new History(tools, historyPane, behind, { open: reopened, gone });

  document.addEventListener("keydown", escaped);
  area.addEventListener("keydown", entered);
  area.addEventListener("input", grown);
  return { ask, focus, resume };

  function focus() {
    const open = [sourcePane, historyPane].find((each) => !each.hidden);
    (open ? open.querySelector("button") : area).focus({ preventScroll: true });
  }

  // The newest question where reading begins; where the whole page scrolls, it is the page.
  function top(turn) {
    const inside = getComputedStyle(scroller).overflowY === "auto";
    if (inside) {
      scroller.scrollTo({ top: turn.offsetTop - scroller.offsetTop });
    } else {
      turn.scrollIntoView({ block: "start" });
    }
  }

  function ask(question) {
    [source, history].filter((each) => each.isOpen).forEach((each) => each.close());
    if (conversation.isBusy) {
      area.value = question;
      grown();
      return;
    }
    conversation.ask(question);
  }

  function submitted(event) {
    event?.preventDefault();
    const question = area.value.trim();
    if (!question || conversation.isBusy) {
      return;
    }
    area.value = "";
    grown();
    area.focus();
    ask(question);
  }

  // Enter that ends a composition of an input method is no Enter; Safari tells it only by its code.
  function entered(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      submitted(event);
    }
  }

  function grown() {
    area.rows = Math.min(5, Math.max(1, area.value.split("\n").length, Math.ceil(area.value.length / 40)));
  }

  function escaped(event) {
    if (event.key !== "Escape" || event.isComposing) {
      return;
    }
    event.preventDefault();
    const open = [source, history].find((each) => each.isOpen);
    if (open) {
      open.close();
    } else {
      host.send("close");
    }
  }

  function stopped() {
    area.focus();
    conversation.stop();
  }

  function anew() {
    conversation.begin();
    state.replaceChildren();
    area.focus();
  }

  function progressed(text) {
    progress.textContent = text;
    stop.disabled = !text;
    strip.classList.toggle("busy", Boolean(text));
    unread();
    send.setAttribute("aria-disabled", String(Boolean(text)));
  }

  // Prose begins below its quotes; where that is out of sight, a button leads there until it has been seen.
  function written(element) {
    if (element === prose) {
      return;
    }
    seeing.disconnect();
    prose = element;
    read.hidden = true;
    if (prose) {
      seeing.observe(prose);
    }
    unread();
  }

  function seen([{ isIntersecting }]) {
    read.hidden = isIntersecting;
    if (isIntersecting) {
      seeing.disconnect();
    }
    unread();
  }

  function unread() {
    const isBusy = strip.classList.contains("busy");
    strip.classList.toggle("unread", !read.hidden);
    if (!isBusy) {
      progress.textContent = read.hidden ? "" : say("checkedAnswer");
    }
  }

  function reading() {
    prose.focus({ preventScroll: true });
    prose.scrollIntoView({ block: "start" });
  }

  // Said once, whole, and taken away, so that nobody comes upon it twice.
  function announce(text) {
    announcer.textContent = text;
    setTimeout(() => {
      announcer.textContent = "";
    }, HEARD);
  }

  async function reopened(id) {
    await conversation.resume(id);
    history.close();
    area.focus();
  }

  function gone(id) {
    if (id === null || id === conversation.id) {
      conversation.begin();
    }
  }

  // What was asked a little while ago, on the page before this one, is there again.
  async function resume() {
    try {
      const response = await session.fetch("/api/v1/history?limit=1");
      const [last] = (await response.json()).conversations;
      const now = Date.parse(response.headers.get("date") ?? "") || Date.now();
      if (last && now - Date.parse(last.changed) < RECENT && conversation.isEmpty) {
        await conversation.resume(last.id);
      }
    } catch (failure) {
      if (conversation.isEmpty) {
        refused(failure);
      }
    }
  }

  function refused(failure) {
    state.replaceChildren(make("div", { class: "failure", role: "alert" }, make("p", {}, told(failure, wording)), make("p", { class: "remedies" },
      failure.kind === "signed-out" && make("a", { href: "/", target: "_blank", rel: "noopener", class: "sign-in" }, say("signIn")),
      make("button", { type: "button", class: "retry", onclick: again }, say("retry")))));
  }

  function again() {
    state.replaceChildren();
    area.focus();
    resume();
  }
}
