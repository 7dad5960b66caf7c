// What is typed and not sent yet, kept over the one load that a page makes of itself: in this tab alone, taken away as
// soon as the page is there again, and given back to nobody who comes to it otherwise.

const KEY = "onrecord-typed";
const LONGEST = 20_000;
const FIELDS = ["#question textarea", "#text", "#as-of"];
const typed = taken();

// Keeps it; the page is to be loaded again at once.
export function keep() {
  const words = FIELDS.map((each) => document.querySelector(each)?.value ?? "");
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
    return path === location.pathname && Date.now() - at < LONGEST ? words : [];
  } catch {
    return [];
  }
}

// Gradio makes its box when it has come.
function restore() {
  FIELDS.forEach((each, at) => {
    const field = typed[at] && document.querySelector(each);
    if (field) {
      field.value = typed[at];
      typed[at] = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  return typed.every((words) => !words);
}

if (!restore()) {
  const watching = new MutationObserver(() => restore() && watching.disconnect());
  watching.observe(document.body, { childList: true, subtree: true });
}
