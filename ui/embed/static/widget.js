/* On Record in a page: <script src="https://host/embed/v1/widget.js" data-embed="NAME" defer></script>
   It makes one global, OnRecord: {open(), ask(question), close()}, and asks for nothing more until it is opened. */
(() => {
  "use strict";

  // A module has no current script. The second line of a page is passed over.
  const { currentScript } = document;
  const script = currentScript?.dataset.embed
    ? currentScript
    : document.querySelector('script[data-embed][src*="/embed/v1/widget.js"]');
  if (!script) console.warn("On Record: the script names no embedded chat in data-embed.");
  if (!script || Object.hasOwn(window, "OnRecord")) return;

  const WORDS = {
    en: ["Ask the documents", "Close", "The chat is out of reach just now.", "Try again"],
    de: ["Die Dokumente fragen", "Schließen", "Der Chat ist gerade nicht erreichbar.", "Erneut versuchen"],
    fr: ["Interroger les documents", "Fermer", "Le chat est injoignable pour le moment.", "Réessayer"],
    es: ["Preguntar a los documentos", "Cerrar", "El chat no está disponible ahora.", "Reintentar"],
    pl: ["Zapytaj dokumenty", "Zamknij", "Czat jest teraz nieosiągalny.", "Spróbuj ponownie"],
    ar: ["اسأل الوثائق", "إغلاق", "تعذّر الوصول إلى الدردشة الآن.", "أعد المحاولة"],
  };
  // What is important here outranks whatever the page's own sheet calls important.
  const STYLE = `
    :host { all: initial !important; position: fixed !important; z-index: 2147483647 !important;
      display: block !important; overflow: visible !important }
    * { box-sizing: border-box }
    [hidden] { display: none !important }
    #all { --gap: var(--or-offset, 20px); --blue: var(--or-accent, #1d4f8c); --paper: light-dark(#fdfcfa, #171614);
      font: 15px/1.4 var(--or-font, system-ui, sans-serif); color: light-dark(#1d1c1a, #ebe8e2) }
    button { font: inherit; min-height: 44px; padding: 0 14px; border: 1px solid; border-radius: var(--or-radius, 8px);
      background: none; color: inherit; cursor: pointer }
    button:focus-visible { outline: 3px solid var(--blue); outline-offset: 2px; box-shadow: 0 0 0 7px var(--paper) }
    #ask { position: fixed; bottom: var(--gap); right: var(--gap); display: flex; align-items: center; gap: 8px;
      height: 48px; border-radius: var(--or-radius, 24px); background: var(--blue); color: var(--or-on-accent, #fff) }
    svg { width: 18px; fill: none; stroke: currentColor; stroke-width: 2 }
    [aria-expanded=true] :not(.shut, .shut *), [aria-expanded=false] .shut { display: none }
    dialog { position: fixed; inset: auto var(--gap) calc(var(--gap) + 60px) auto; width: 400px; height: 640px;
      max-width: calc(100vw - 2 * var(--gap)); max-height: calc(100dvh - 2 * var(--gap) - 60px); margin: 0; padding: 0;
      border: 1px solid #8a857b; border-radius: var(--or-radius, 12px); overflow: hidden; background: var(--paper);
      color: inherit; box-shadow: 0 8px 32px #0005 }
    .left #ask, .left dialog { right: auto; left: var(--gap) }
    iframe { width: 100%; height: 100%; border: 0 }
    #state { display: grid; place-content: center; gap: 12px; height: 100%; padding: 24px; text-align: center }
    @media (max-width: 479.98px) {
      span { display: none }
      #all dialog { inset: 0; width: 100%; height: 100dvh; max-width: none; max-height: none; border: 0 }
    }
    @media print { :host { display: none !important } }`;

  const { embed, tokenUrl, theme, lang, position } = script.dataset;
  const base = new URL(".", script.src);
  const page = document.documentElement;
  const phone = matchMedia("(max-width: 479.98px)");
  const language = [lang, page.lang, navigator.language].find((each) => /^[a-z]{2,3}(-\w+)*$/i.test(each)) || "en";
  const tongue = [language.slice(0, 2).toLowerCase()].find((each) => WORDS[each]) || "en";
  const [askWord, closeWord, lostWord, againWord] = WORDS[tongue];
  const dir = tongue === "ar" ? "rtl" : "ltr";

  const make = (tag, attributes, ...inside) => {
    const kind = /svg|path/.test(tag) ? "2000/svg" : "1999/xhtml";
    const element = document.createElementNS(`http://www.w3.org/${kind}`, tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    element.append(...inside);
    return element;
  };
  const picture = (name, d) =>
    make("svg", { class: name, viewBox: "0 0 24 24", "aria-hidden": true }, make("path", { d }));

  const button = make("button",
    { id: "ask", type: "button", "aria-label": askWord, "aria-expanded": false, "aria-controls": "chat" },
    picture("", "M3 4h18v13H10l-5 4v-4H3z"), picture("shut", "M5 5l14 14M19 5L5 19"), make("span", {}, askWord));
  const said = make("p", { role: "status" });
  const again = make("button", { type: "button" }, againWord);
  const shut = make("button", { type: "button" }, closeWord);
  const state = make("div", { id: "state", hidden: "" }, said, again, shut);
  const panel = make("dialog", { id: "chat", "aria-label": askWord }, state);
  const all = make("div", { id: "all", lang: tongue, dir }, panel, button);
  if ((position || (dir === "rtl" && "left")) === "left") all.className = "left";
  all.style.colorScheme = theme === "light" || theme === "dark" ? theme : "light dark";
  const host = make("on-record", {});
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(all);

  let frame, ready, credentials, asking, question, before, overflow, timer;
  let tries = 0;

  // Each by a property that takes nothing else; nothing that looks elsewhere for its value.
  const VARIABLES = {
    accent: "color", "on-accent": "color", radius: "padding-left", offset: "padding-left", font: "font-family",
  };
  const variables = () => {
    const found = {};
    for (const name in VARIABLES) {
      const value = getComputedStyle(page).getPropertyValue(`--onrecord-${name}`).trim();
      const isPlain = /^[\w\s"'#.,%/()-]{1,200}$/.test(value) && !/(var|env|attr)\(/i.test(value);
      if (isPlain && CSS.supports(VARIABLES[name], value)) found[name] = value;
      all.style.setProperty(`--or-${name}`, found[name] || "");
    }
    return found;
  };

  const send = (type, more) => ready && frame.contentWindow.postMessage({ onrecord: 1, type, ...more }, base.origin);
  const focus = (element) => element.focus({ preventScroll: true });
  const isFocused = () => document.activeElement === host;
  const inside = () => (state.hidden ? frame : again);

  // Outside the body, which pages swap, and in the top layer, above every z-index.
  const attach = () => {
    if (!host.isConnected) page.append(host);
    if (host.showPopover && !host.matches(":popover-open")) {
      host.popover = "manual";
      host.showPopover();
    }
    variables();
  };

  // A new frame each time: another address in the old one would be a step in the page's history.
  const load = () => {
    if (frame) frame.remove();
    ready = asking = false;
    frame = make("iframe", {
      title: askWord, allow: "", referrerpolicy: "no-referrer", src: `${base}frame/${embed}`,
      sandbox: "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox",
    });
    frame.hidden = !state.hidden;
    frame.onload = () => ready || later(fail, 2000);
    later(fail, 15000);
    panel.prepend(frame);
  };
  const later = (what, milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(what, milliseconds);
  };
  const fail = () => {
    const lost = isFocused();
    frame.hidden = true;
    state.hidden = false;
    said.textContent = lostWord;
    if (lost) focus(again);
    later(load, Math.min(15000 * 2 ** tries++, 300000));
  };

  const ticket = async () => {
    if (asking) return;
    const asker = (asking = frame);
    let status = 0;
    const get = async (address, options) => {
      const response = await fetch(address, { cache: "no-store", referrerPolicy: "no-referrer", ...options });
      status = response.status;
      return response.ok ? response : Promise.reject(status);
    };
    let given;
    try {
      const vouched = tokenUrl && (await get(new URL(tokenUrl, location), { credentials: "include" }));
      const token = vouched ? (await vouched.text()).trim() : undefined;
      const body = JSON.stringify({ embed, token });
      given = await (await get(`${base}ticket`, { method: "POST", body, credentials })).json();
    } catch {
      // The frame is told the status, 0 where nothing answered.
    }
    if (asker !== frame) return;
    asking = false;
    if (given) send("ticket", { ticket: given.ticket });
    else send("no-ticket", { status });
  };

  // On a small screen the chat is all there is, and the page behind it keeps still.
  const show = () => {
    if (phone.matches) {
      panel.showModal();
      overflow = [page.style.getPropertyValue("overflow"), page.style.getPropertyPriority("overflow")];
      page.style.setProperty("overflow", "hidden", "important");
    } else panel.show();
    fit();
    focus(inside());
  };
  const hide = () => {
    panel.close();
    if (overflow) page.style.setProperty("overflow", ...overflow);
    if (overflow && !page.getAttribute("style")) page.removeAttribute("style");
    overflow = null;
  };
  // A keyboard on the screen takes its part of the height.
  const fit = () => {
    panel.style.height = overflow && visualViewport.scale === 1 ? `${visualViewport.height}px` : "";
  };

  const open = () => {
    if (panel.open && isFocused()) return;
    before = document.activeElement;
    while (before?.shadowRoot?.activeElement) before = before.shadowRoot.activeElement;
    if (panel.open) focus(inside());
    else {
      attach();
      if (!ready) load();
      button.ariaExpanded = true;
      show();
    }
    send("shown");
  };
  const close = () => {
    if (button.ariaExpanded === "false") return;
    const target = before?.isConnected && before !== document.body ? before : button;
    const returns = isFocused();
    button.ariaExpanded = false;
    if (!ready) clearTimeout(timer);
    hide();
    send("hidden");
    if (returns) focus(target);
  };
  const ask = (text) => {
    question = typeof text === "string" && text.trim().slice(0, 4000);
    open();
    put();
  };
  const put = () => {
    if (!ready || !question) return;
    send("ask", { question });
    question = "";
  };

  const HEARD = {
    ready: ({ audience }) => {
      clearTimeout(timer);
      const refocus = panel.open && isFocused();
      ready = true;
      credentials = audience === "public" ? "omit" : "include";
      tries = 0;
      state.hidden = true;
      frame.hidden = false;
      if (refocus) focus(frame);
      send("hello", { language, theme: all.style.colorScheme.replace("light dark", "auto"), variables: variables() });
      if (panel.open) send("shown");
      put();
    },
    ticket,
    close,
  };
  addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== base.origin) return;
    const { onrecord, type, audience, ...more } = Object(data);
    if (onrecord !== 1 || type !== `${type}` || !Object.hasOwn(HEARD, type) || Object.keys(more).length) return;
    if (audience === undefined || type === "ready") HEARD[type](data);
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
  phone.onchange = () => {
    if (!panel.open) return;
    hide();
    show();
  };
  visualViewport.addEventListener("resize", fit);

  Object.defineProperty(window, "OnRecord", { value: Object.freeze({ open, ask, close }), enumerable: true });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", attach);
  else attach();
})();
