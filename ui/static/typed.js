// What is typed and not sent yet, kept while a page is loaded again, as for another language, and as gradio does by itself
// once a lost connection is there again: in this tab alone, taken away as soon as the page is there, and given back to
// nobody who comes to it otherwise.

const KEY = "onrecord-typed";
const LONGEST = 20_000;
const FIELDS = ["#question textarea", "#text", "#as-of"];
const typed = taken();

let signsOut = false;

function keep() {
  const words = FIELDS.map((each) => document.querySelector(each)?.value ?? "");
  if (signsOut || words.every((each) => !each)) {
    return;
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, at: Date.now(), words }));
  } catch {
    // Without storage it has to be typed again.
  }
}

function taken() {
  try {
    const { path, at, words } = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    sessionStorage.removeItem(KEY);
    const [navigation] = performance.getEntriesByType("navigation");
    return navigation?.type === "reload" && path === location.pathname && Date.now() - at < LONGEST ? words : [];
  } catch {
    return [];
  }
}

// Gradio asks what stands in its box as soon as the page is there, so it is told of these words only when somebody is
// about to send or to change them.
function given(field) {
  const words = field.value;
  const tell = () => {
    ["focusin", "pointerdown"].forEach((each) => document.removeEventListener(each, tell, true));
    if (field.value === words) {
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  ["focusin", "pointerdown"].forEach((each) => document.addEventListener(each, tell, true));
}

// Gradio makes its box when it has come.
function restore() {
  FIELDS.forEach((each, at) => {
    const field = typed[at] && document.querySelector(each);
    if (field) {
      field.value = typed[at];
      typed[at] = "";
      given(field);
    }
  });
  return typed.every((words) => !words);
}

// Whoever signs out leaves nothing behind in the browser.
document.addEventListener("click", (event) => {
  signsOut = Boolean(event.target.closest?.('a[href="/logout"]'));
});
addEventListener("pagehide", keep);
if (!restore()) {
  const watching = new MutationObserver(() => restore() && watching.disconnect());
  watching.observe(document.body, { childList: true, subtree: true });
}
