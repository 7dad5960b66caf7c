// The arrow keys go from row to row; every row's link stays a stop of the Tab key, too.

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export function stepping(table) {
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const stops = [...table.querySelectorAll("a, button")];
    const next = stops[stops.indexOf(document.activeElement) + step];
    if (next && stops.includes(document.activeElement)) {
      event.preventDefault();
      next.focus();
    }
  });
}
