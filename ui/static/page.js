// What the page does beside asking: it opens sources beside the answer, says a finished answer once to a screen
// reader, keeps the newest question in view and the keyboard where it is, and says which verdict on it stands. Without it every citation still opens, in a tab of its own.
"use strict";

(() => {
  const pane = document.getElementById("source");
  const frame = pane.querySelector("iframe");
  const named = document.getElementById("source-name");
  const alone = document.getElementById("source-alone");
  const announcer = document.getElementById("announcer");
  let opener = null;

  const box = () => document.querySelector("#question textarea");

  // The source beside the answer.

  function open(link) {
    const address = new URL(link.href);
    alone.href = address.href;
    address.searchParams.set("beside", "");
    opener?.removeAttribute("aria-current");
    opener = link;
    link.setAttribute("aria-current", "true");
    named.textContent = link.title;
    pane.setAttribute("aria-label", `Source: ${named.textContent}`);
    pane.hidden = false;
    document.body.classList.add("reading");
    // A frame that already shows this address would only scroll; a replaced one leaves no step in the history.
    frame.contentWindow.location.replace(address.href);
    pane.focus({ preventScroll: true });
    link.scrollIntoView({ block: "nearest" });
  }

  function close() {
    pane.hidden = true;
    document.body.classList.remove("reading");
    const back = opener?.isConnected ? opener : box();
    opener?.removeAttribute("aria-current");
    opener = null;
    back?.focus();
  }

  function isPlain(event) {
    return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('gradio-app a[href^="/source/"]') ?? quoted(event);
    if (link && isPlain(event)) {
      event.preventDefault();
      open(link);
    }
  });

  // A click anywhere on a quote opens it too, unless it ends a selection.
  function quoted(event) {
    const quote = event.target.closest?.("figure.quote blockquote");
    return quote && getSelection().isCollapsed ? quote.querySelector("a.cite") : null;
  }

  function closeOnEscape(event) {
    if (event.key === "Escape" && !pane.hidden) {
      close();
    }
  }

  document.getElementById("source-close").addEventListener("click", close);
  document.addEventListener("keydown", closeOnEscape);
  frame.addEventListener("load", () => {
    frame.contentWindow.addEventListener("keydown", closeOnEscape);
    settle(frame.contentWindow);
  });

  // A quote that can be seen with the title above it needs no scrolling.
  function settle(source) {
    const quote = source.document.getElementById("quote");
    if (quote && quote.getBoundingClientRect().bottom + source.scrollY < source.innerHeight * 0.8) {
      source.scrollTo(0, 0);
    }
  }

  // The conversation: the newest question in view, the finished answer said once.

  let seen = "";
  let said = "";

  function follow() {
    const turn = document.querySelector("#current .turn");
    if (!turn) {
      seen = said = "";
      return;
    }
    if (turn.id !== seen) {
      seen = turn.id;
      announcer.textContent = "";
      turn.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
    }
    const whole = document.querySelector("#quotes section:is(.answered, .abstained, .failed)");
    if (turn.id !== said && whole?.id === turn.id.replace("turn", "answer")) {
      said = turn.id;
      announcer.textContent = spoken();
    }
  }

  function spoken() {
    const copies = ["#prose", "#quotes"].map((each) => document.querySelector(each)?.cloneNode(true));
    const words = copies.filter(Boolean).map((copy) => {
      copy.querySelectorAll(".cite, .open, .checked, details, .tally").forEach((each) => each.remove());
      return copy.textContent;
    });
    return `Answer: ${words.join(" ").replace(/\s+/g, " ").trim()}`;
  }

  // What the keyboard is on is put back when gradio replaces the text around it.

  let held = null;
  let stopping = null;

  document.addEventListener("focusin", (event) => {
    stopping = event.target.closest?.("#stop");
    const link = event.target.closest?.("#current a[href]");
    held = link && { href: link.getAttribute("href"), part: link.closest("#prose, #quotes")?.id, link };
  });

  function hold() {
    if (document.activeElement === document.body && stopping && !stopping.isConnected) {
      stopping = null;
      box()?.focus({ preventScroll: true });
    }
    if (held && !held.link.isConnected && document.activeElement === document.body) {
      const links = [...document.querySelectorAll(`#${held.part} a[href]`)];
      held.link = links.find((each) => each.getAttribute("href") === held.href) ?? held.link;
      held.link.focus({ preventScroll: true });
    }
  }

  // The verdict on the answer: which one stands, what was heard of it, and where the keyboard goes as the box comes and goes.

  let words = null;
  let heard = "";

  function judged() {
    document.getElementById("verdicts")?.setAttribute("role", "group");
    document.getElementById("verdicts")?.setAttribute("aria-label", "Was this answer right?");
    const buttons = ["helpful", "not-right"].map((id) => document.getElementById(id)).filter(Boolean);
    buttons.forEach((each) => each.setAttribute("aria-pressed", each.classList.contains("given")));
    const area = document.querySelector("#words textarea");
    const [, down] = buttons;
    down?.setAttribute("aria-expanded", Boolean(area));
    if (area && area !== words) {
      area.focus({ preventScroll: true });
      document.getElementById("wrong").scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    } else if (!area && words && document.activeElement === document.body) {
      down?.focus({ preventScroll: true });
    }
    words = area;
    const said = document.querySelector("#heard p")?.textContent.trim() ?? "";
    if (said && said !== heard) {
      announcer.textContent = said;
    }
    heard = said;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && event.target.closest?.("#words")) {
      document.getElementById("cancel")?.click();
    }
  });

  // A question that was read wrongly goes back into the box, to be corrected there.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.correct");
    const area = box();
    if (button && area) {
      area.value = button.parentElement.querySelector(".understood").textContent;
      area.dispatchEvent(new Event("input", { bubbles: true }));
      area.focus();
    }
  });

  function calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  // A browser's own calendar for the day, where gradio has only a text box.
  function furnish() {
    const day = document.querySelector('#as-of input[type="text"]');
    if (day) {
      day.type = "date";
    }
  }

  function changed() {
    furnish();
    follow();
    hold();
    judged();
  }

  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    box()?.focus();
  });
  new MutationObserver(changed).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });
  // A verdict is a class of its button.
  new MutationObserver(judged).observe(document.querySelector("gradio-app"), { subtree: true, attributeFilter: ["class"] });
  changed();
})();
