// What the report does beside being read: it sorts and filters the cases, keeps both in the address, and opens the case
// that an address names. Without it the gravest cases stand first and each of them still opens.
"use strict";

(() => {
  const table = document.querySelector("table.cases");
  const filter = document.getElementById("filter");
  const count = document.getElementById("count");
  const cases = [...table.tBodies];
  const heads = [...table.querySelectorAll("th[data-sort]")];
  const words = new WeakMap();
  const DEFAULT = "rank";

  const body = (each) => each.querySelector("details");
  const shown = () => cases.filter((each) => !each.hidden);

  function text(each) {
    if (!words.has(each)) words.set(each, each.textContent.toLowerCase());
    return words.get(each);
  }

  // The state is what the address says: ?q, show, tag and sort after the #, or the name of one case.

  function state() {
    const hash = location.hash.slice(1);
    return new URLSearchParams(hash.includes("=") ? hash : "");
  }

  function keep() {
    const now = new URLSearchParams();
    for (const [name, value] of new FormData(filter)) if (value) now.set(name, value);
    const head = heads.find((each) => each.ariaSort);
    const down = head.ariaSort === "descending";
    if (head.dataset.sort !== DEFAULT || down) now.set("sort", (down ? "-" : "") + head.dataset.sort);
    history.replaceState(null, "", `#${now}`);
  }

  // Filtering.

  const SHOWN = {
    failed: (each) => each.matches(".failed, .fatal"),
    changed: (each) => each.dataset.moved === "yes",
    unscored: (each) => each.dataset.blind === "yes" || each.matches(".unscored"),
  };

  function apply() {
    const asked = new FormData(filter);
    const wanted = (asked.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const passes = SHOWN[asked.get("show")] ?? (() => true);
    const tag = asked.get("tag");
    for (const each of cases) {
      const tagged = !tag || tag === "(no tag)" ? !tag || !each.querySelector(".own")
        : [...each.querySelectorAll(".own")].some((own) => own.textContent === tag);
      each.hidden = !(tagged && passes(each) && wanted.every((word) => text(each).includes(word)));
    }
    const seen = shown().length;
    count.textContent = seen === cases.length ? `${seen} ${seen === 1 ? "case" : "cases"}` : `${seen} of ${cases.length} cases`;
  }

  // Sorting.

  const number = (name) => (each) => Number(each.dataset[name] || -1);
  const KEYS = { rank: number("rank"), failed: number("failed"), seconds: number("seconds"), id: (each) => each.dataset.id };

  function sort(name, down) {
    const key = KEYS[name];
    const compare = (one, other) => {
      const [a, b] = [key(one), key(other)];
      const order = typeof a === "string" ? a.localeCompare(b) : a - b;
      return (down ? -order : order) || KEYS.rank(one) - KEYS.rank(other);
    };
    for (const head of heads) {
      if (head.dataset.sort === name) head.ariaSort = down ? "descending" : "ascending";
      else head.removeAttribute("aria-sort");
    }
    table.append(...cases.toSorted(compare));
  }

  function turn(head) {
    const largest = ["failed", "seconds"].includes(head.dataset.sort);
    sort(head.dataset.sort, head.ariaSort ? head.ariaSort === "ascending" : largest);
    keep();
  }

  // Addresses.

  function follow() {
    const named = document.getElementById(location.hash.slice(1))?.closest("tbody.case");
    if (named) {
      if (named.hidden) {
        filter.reset();
        apply();
      }
      body(named).open = true;
      // Once the page is there: the browser's own way to the name ends elsewhere, and takes the focus to the top.
      const go = () => {
        named.scrollIntoView();
        named.querySelector("summary").focus({ preventScroll: true });
      };
      if (document.readyState === "complete") go();
      else addEventListener("load", () => setTimeout(go));
      return;
    }
    const now = state();
    for (const each of ["q", "show", "tag"]) {
      const field = filter.elements.namedItem(each);
      if (field) field.value = now.get(each) ?? "";
      if (field?.selectedIndex === -1) field.value = "";
    }
    const asked = now.get("sort") ?? DEFAULT;
    const name = asked.replace(/^-/, "");
    sort(name in KEYS ? name : DEFAULT, asked.startsWith("-"));
    apply();
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => turn(head));
  }
  filter.hidden = false;
  filter.addEventListener("input", () => {
    apply();
    keep();
  });
  filter.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("open-all").addEventListener("click", () => shown().forEach((each) => { body(each).open = true; }));
  document.getElementById("close-all").addEventListener("click", () => cases.forEach((each) => { body(each).open = false; }));
  addEventListener("hashchange", follow);
  follow();
})();
