// The reader's choice of language: kept in a cookie, which is no secret, and shown by loading the page again.

import "./typed.js";

const NAME = "onrecord-language";
const YEAR = 365 * 24 * 3600;

const root = document.documentElement;

// Gradio names the browser's language as the page's, whatever the page is written in.
function named() {
  const { language } = root.dataset;
  if (language && root.lang !== language) {
    root.lang = language;
  }
}

new MutationObserver(named).observe(root, { attributeFilter: ["lang"] });
named();

document.getElementById("language")?.addEventListener("change", ({ target }) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${NAME}=${target.value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  location.reload();
});
