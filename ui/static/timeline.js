// Who said what, and when: the dated quotes of an answer on an axis of time, by speaker or by publisher, or as a table.

import { make } from "./shared/elements.js";
import { chart } from "./timeline-chart.js";
import { table } from "./timeline-table.js";
import { count, say } from "./words.js";

// The button that opens it, and the panel it opens; `read` gives the quotes as they stand on the page now.
export function timeline(read) {
  const state = { by: null, as: "chart" };
  const stage = make("div", { class: "stage" });
  const rows = choice([["voice", "bySpeaker"], ["publisher", "byPublisher"]], (by) => draw({ by }));
  const shapes = choice([["chart", "asChart"], ["table", "asTable"]], (as) => draw({ as }));
  const panel = make("section", { class: "timeline", hidden: true, "aria-label": say("timelineIs") },
    make("div", { class: "head" }, make("h3", {}, say("timelineIs")), rows.element, shapes.element), stage);
  const button = make("button", { type: "button", class: "tool", "aria-expanded": "false", onclick: toggled }, say("timeline"));
  let drawn = null;
  // What becomes wider or narrower is laid out anew.
  new ResizeObserver(() => stage.clientWidth && drawn?.fit(stage.clientWidth)).observe(stage);
  return { button, panel };

  function toggled() {
    panel.hidden = !panel.hidden;
    button.setAttribute("aria-expanded", String(!panel.hidden));
    if (!panel.hidden) {
      draw({});
      panel.scrollIntoView({ block: "nearest" });
    }
  }

  function draw(change) {
    const all = read();
    const named = all.filter((each) => each.speaker).length;
    Object.assign(state, change);
    state.by ??= named * 2 >= all.length ? "voice" : "publisher";
    rows.choose(state.by);
    shapes.choose(state.as);
    rows.element.hidden = state.as === "table" || !named;
    drawn = state.as === "table" ? null : chart(all.filter((each) => each.iso), state.by);
    stage.replaceChildren(...(drawn ? [drawn.element, ...missing(all)] : [table(all)]));
    drawn?.fit(stage.clientWidth);
  }
}

// How many quotes have no place on an axis of time.
function missing(all) {
  const left = all.filter((each) => !each.iso).length;
  return left ? [make("p", { class: "fineprint" }, count("undatedLeftOut", left))] : [];
}

// Buttons of which one is pressed.
function choice(options, chosen) {
  const buttons = options.map(([value, key]) => [value, make("button", { type: "button", class: "tool", onclick: () => chosen(value) }, say(key))]);
  return {
    element: make("div", { class: "choice", role: "group" }, buttons.map(([, button]) => button)),
    choose: (now) => buttons.forEach(([value, button]) => button.setAttribute("aria-pressed", String(value === now))),
  };
}
