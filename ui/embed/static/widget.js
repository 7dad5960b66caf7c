/*
 * On Record in a page of yours:
 *
 *   <script src="https://host/embed/v1/widget.js" data-embed="NAME" defer></script>
 *
 * Optional: data-theme="light|dark|auto", data-lang, data-position="left|right", data-token-url (an address of your own
 * server that gives your user's signed token as text), and --onrecord-accent, --onrecord-on-accent, --onrecord-radius,
 * --onrecord-font, --onrecord-offset on :root. It makes one global, OnRecord: {open(), ask(question), close()}.
 *
 * Messages between here and the frame are {onrecord: 1, type, …}, to and from the frame's exact origin only:
 *   from the frame  ready {audience?}   ticket   close
 *   to the frame    hello {language, theme, variables}   ticket {ticket}   no-ticket {status}   ask {question}
 *                   shown   hidden
 */
(() => {
  "use strict";

  // A module or a bundler leaves no current script.
  const named = (script) => (script && script.dataset && script.dataset.embed ? script : null);
  const script =
    named(document.currentScript) || document.querySelector('script[data-embed][src*="/embed/v1/widget.js"]');
  // An element whose id is OnRecord is no property of the window's own.
  const second = Object.prototype.hasOwnProperty.call(window, "OnRecord");
  if (second || !script || !/^[a-z0-9-]{1,40}$/.test(script.dataset.embed)) {
    if (!second) console.warn("On Record: no script with a data-embed that is a name; see the line for a page.");
    return;
  }

  // label of the launcher, close, cannot be reached, try again
  const WORDS = {
    en: ["Ask the documents", "Close", "The chat cannot be reached just now.", "Try again"],
    de: ["Die Dokumente fragen", "Schließen", "Der Chat ist gerade nicht erreichbar.", "Erneut versuchen"],
    fr: ["Interroger les documents", "Fermer", "Le chat est injoignable pour le moment.", "Réessayer"],
    es: ["Preguntar a los documentos", "Cerrar", "El chat no está disponible ahora.", "Reintentar"],
    pl: ["Zapytaj dokumenty", "Zamknij", "Czat jest teraz nieosiągalny.", "Spróbuj ponownie"],
    ar: ["اسأل الوثائق", "إغلاق", "تعذّر الوصول إلى الدردشة الآن.", "أعد المحاولة"],
  };
  const STYLE = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483647 !important;
      display: block !important; overflow: visible !important }
    :host::backdrop { display: none !important }
    * { box-sizing: border-box }
    [hidden] { display: none !important }
    #all { --gap: var(--offset, 20px); --blue: var(--accent, #1d4f8c); --paper: #fdfcfa; --ink: #1d1c1a; --rule: #8a857b;
      font: 15px/1.4 var(--font, system-ui, sans-serif); color: var(--ink) }
    button { font: inherit; min-height: 44px; padding: 0 16px; border: 1px solid; border-radius: var(--radius, 8px);
      background: none; color: inherit; cursor: pointer }
    button:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; box-shadow: 0 0 0 7px var(--paper) }
    #ask { position: fixed; inset: auto var(--gap) var(--gap) auto; display: flex; align-items: center; gap: 8px;
      min-width: 48px; height: 48px; justify-content: center; background: var(--blue);
      color: var(--on-accent, #fff); border-radius: var(--radius, 24px); box-shadow: 0 2px 10px #0006 }
    svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round }
    [aria-expanded=true] > span, [aria-expanded=true] .ask, [aria-expanded=false] .shut { display: none }
    dialog { position: fixed; inset: auto var(--gap) calc(var(--gap) + 60px) auto; width: 400px; height: 640px;
      max-width: calc(100vw - 2 * var(--gap)); max-height: calc(100dvh - 2 * var(--gap) - 60px); margin: 0; padding: 0;
      border: 1px solid var(--rule); border-radius: var(--radius, 12px); overflow: hidden; background: var(--paper);
      color: inherit; box-shadow: 0 8px 32px #0005 }
    .left #ask, .left dialog { right: auto; left: var(--gap) }
    iframe { display: block; width: 100%; height: 100%; border: 0 }
    #state { display: grid; place-content: center; gap: 12px; height: 100%; padding: 24px; text-align: center }
    .dark { --paper: #171614; --ink: #ebe8e2; --rule: #7d776c }
    @media (prefers-color-scheme: dark) { .auto { --paper: #171614; --ink: #ebe8e2; --rule: #7d776c } }
    @media (max-width: 479.98px) {
      #ask span { display: none }
      dialog { inset: 0 !important; width: 100%; height: 100vh; height: 100dvh; max-width: none; max-height: none;
        border: 0; border-radius: 0 }
    }
    @media (prefers-reduced-motion: no-preference) {
      dialog { animation: in .15s }
      @keyframes in { from { opacity: 0; transform: translateY(8px) } }
    }
    @media print { :host { display: none !important } }`;

  const { embed, tokenUrl, theme, lang, position } = script.dataset;
  const base = new URL(".", script.src).href;
  const { origin } = new URL(base);
  const page = document.documentElement;
  const phone = matchMedia("(max-width: 479.98px)");
  const language = [lang, page.lang, navigator.language].find((each) => /^[a-z]{2,3}(-\w+)*$/i.test(each)) || "en";
  const tongue = language.slice(0, 2).toLowerCase();
  const words = WORDS[tongue] || WORDS.en;
  const rtl = words === WORDS.ar;
  const scheme = theme === "light" || theme === "dark" ? theme : "auto";

  const make = (tag, attributes, ...inside) => {
    const namespace = tag === "svg" || tag === "path" ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
    const element = document.createElementNS(namespace, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  const picture = (kind, d) =>
    make("svg", { class: kind, viewBox: "0 0 24 24", "aria-hidden": "true" }, make("path", { d }));

  const button = make("button",
    { id: "ask", type: "button", "aria-label": words[0], "aria-expanded": "false", "aria-controls": "chat" },
    picture("ask", "M4 5h16v11H10l-5 4v-4H4zM8 9h8M8 12h5"), picture("shut", "M6 6l12 12M18 6L6 18"),
    make("span", {}, words[0]));
  const said = make("p", { role: "status" });
  const again = make("button", { type: "button" }, words[3]);
  const shut = make("button", { type: "button" }, words[1]);
  const state = make("div", { id: "state", hidden: "" }, said, again, shut);
  const panel = make("dialog", { id: "chat", "aria-label": words[0] }, state);
  const left = position === "left" || (rtl && position !== "right") ? "left" : "";
  const all = make("div",
    { id: "all", class: `${scheme} ${left}`, lang: WORDS[tongue] ? tongue : "en", dir: rtl ? "rtl" : "ltr" },
    panel, button);
  const host = make("on-record", {});
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(all);

  let frame, ready, isPublic, asking, question, before, overflow, timer;
  let tries = 0;

  // What the host page says of colours and sizes; whatever is none of those is passed over.
  const COLOUR = /^(#[\da-f]{3,8}|[a-z]+|[a-z]+\([\d\s.,%/a-z-]+\))$/i;
  const LENGTH = /^\d{1,3}(\.\d+)?(px|rem|em)$/;
  const VARIABLES = [
    ["accent", "color", COLOUR],
    ["on-accent", "color", COLOUR],
    ["radius", "width", LENGTH],
    ["offset", "width", LENGTH],
    ["font", "font-family", /^[\w\s"',-]{1,200}$/],
  ];
  const variables = () => {
    const style = getComputedStyle(page);
    const found = {};
    for (const [name, property, form] of VARIABLES) {
      const value = style.getPropertyValue(`--onrecord-${name}`).trim();
      if (form.test(value) && CSS.supports(property, value)) found[name] = value;
      all.style.setProperty(`--${name}`, found[name] || "");
    }
    return found;
  };

  const send = (type, more) => frame && ready && frame.contentWindow.postMessage({ onrecord: 1, type, ...more }, origin);
  const isFocused = () => document.activeElement === host;

  // After everything else in the page and in the top layer, where no other element's size, order or place counts.
  const attach = () => {
    if (!host.isConnected) page.append(host);
    if (host.showPopover && !host.matches(":popover-open")) {
      host.popover = "manual";
      host.showPopover();
    }
    variables();
  };

  // A frame of its own for every try: sending one frame elsewhere would add a step to the page's history.
  const load = () => {
    clearTimeout(timer);
    if (frame) frame.remove();
    ready = asking = false;
    frame = make("iframe", {
      title: words[0], allow: "", referrerpolicy: "no-referrer", src: `${base}frame/${embed}`,
      sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
    });
    frame.onload = () => ready || wait(2000);
    wait(15000);
    panel.prepend(frame);
  };
  const wait = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(fail, milliseconds);
  };
  const fail = () => {
    const lost = isFocused() && root.activeElement === frame;
    frame.hidden = true;
    state.hidden = false;
    said.textContent = words[2];
    if (lost) again.focus();
    if (panel.open) timer = setTimeout(load, Math.min(15000 * 2 ** tries++, 300000));
  };

  const ticket = async () => {
    if (asking) return;
    asking = true;
    const asker = frame;
    let status = 0;
    const get = async (address, options) => {
      const response = await fetch(address, { cache: "no-store", referrerPolicy: "no-referrer", ...options });
      status = response.status;
      if (!response.ok) throw status;
      return response;
    };
    let type = "no-ticket";
    let more;
    try {
      let token;
      if (tokenUrl) token = (await (await get(new URL(tokenUrl, location), { credentials: "include" })).text()).trim();
      const response = await get(`${base}ticket`, {
        method: "POST", body: JSON.stringify({ embed, token }), credentials: isPublic ? "omit" : "include",
      });
      more = { ticket: (await response.json()).ticket };
      type = "ticket";
    } catch {
      more = { status };
    }
    asking = false;
    if (asker === frame) send(type, more);
  };

  const show = () => {
    const full = phone.matches;
    panel[full ? "showModal" : "show"]();
    overflow = full && [page.style.getPropertyValue("overflow"), page.style.getPropertyPriority("overflow")];
    if (full) page.style.setProperty("overflow", "hidden", "important");
    fit();
  };
  const unlock = () => {
    if (overflow) page.style.setProperty("overflow", ...overflow);
    if (overflow && !page.getAttribute("style")) page.removeAttribute("style");
    overflow = null;
  };
  // An on-screen keyboard takes its part of the height.
  const view = window.visualViewport;
  const fit = () => {
    const shrunk = overflow && view && view.scale === 1 && view.height < innerHeight;
    panel.style.height = shrunk ? `${view.height}px` : "";
    panel.style.top = shrunk ? `${view.offsetTop}px` : "";
  };

  const open = () => {
    if (panel.open) return;
    attach();
    before = document.activeElement;
    while (before && before.shadowRoot && before.shadowRoot.activeElement) before = before.shadowRoot.activeElement;
    if (!frame || !ready) load();
    show();
    button.setAttribute("aria-expanded", "true");
    (ready || state.hidden ? frame : again).focus({ preventScroll: true });
    send("shown");
  };
  const close = () => {
    if (button.getAttribute("aria-expanded") === "false") return;
    const returns = isFocused();
    button.setAttribute("aria-expanded", "false");
    if (!ready) clearTimeout(timer);
    panel.close();
    unlock();
    send("hidden");
    const target = before && before.isConnected && before !== document.body && before !== page ? before : button;
    if (returns) target.focus({ preventScroll: true });
  };
  const ask = (text) => {
    if (typeof text === "string" && text.trim()) question = text.trim().slice(0, 4000);
    open();
    put();
  };
  const put = () => {
    if (ready && question) send("ask", { question });
    if (ready) question = "";
  };

  const HEARD = {
    ready: ({ audience }) => {
      clearTimeout(timer);
      ready = true;
      isPublic = audience === "public";
      tries = 0;
      frame.hidden = false;
      state.hidden = true;
      if (isFocused() && panel.open) frame.focus({ preventScroll: true });
      send("hello", { language, theme: scheme, variables: variables() });
      if (panel.open) send("shown");
      put();
    },
    ticket,
    close,
  };
  addEventListener("message", ({ source, origin: sender, data }) => {
    if (!frame || source !== frame.contentWindow || sender !== origin) return;
    if (typeof data !== "object" || !data || data.onrecord !== 1 || !Object.hasOwn(HEARD, data.type)) return;
    const known = data.type === "ready" ? ["onrecord", "type", "audience"] : ["onrecord", "type"];
    if (Object.keys(data).every((key) => known.includes(key))) HEARD[data.type](data);
  });
  button.onclick = () => (panel.open ? close : open)();
  again.onclick = load;
  shut.onclick = close;
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || !panel.open) return;
    event.stopPropagation();
    close();
  });
  panel.onclose = () => panel.open || close();
  phone.addEventListener("change", () => {
    if (!panel.open) return;
    const had = isFocused();
    panel.close();
    unlock();
    show();
    if (had) (ready ? frame : again).focus({ preventScroll: true });
  });
  if (view) view.addEventListener("resize", fit);

  Object.defineProperty(window, "OnRecord", { value: Object.freeze({ open, ask, close }), enumerable: true });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", attach);
  else attach();
})();
