// The chart of a timeline: a lane for each speaker or publisher, and a mark for each statement that opens its quote.
// The lines are a drawing; the marks are links, so that they have what links have: a name, a focus, a way to be opened.

import { make } from "./shared/elements.js";
import { scale } from "./timeline-scale.js";
import { standing } from "./timeline-table.js";
import { say, wording } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const TARGET = 28;
const LINE = 34;
const NAME = 22;
const AXIS = 28;
const BESIDE = 560;
const NAMES = 168;
const TICK = 64;
let made = 0;

// `dated` statements by `by`, "voice" or "publisher": {element, fit}. `fit(width)` lays them out over so many pixels;
// the marks stay the same ones then, and with them the keyboard, and what is open beside them.
export function chart(dated, by) {
  const told = make("p", { class: "told" }, say("timelineKeys"));
  const lanes = laned(dated, by).map((lane) => ({ ...lane, label: label(lane.name), marks: lane.all.map((each) => mark(each, told)) }));
  const id = `timeline-${(made += 1)}`;
  const lines = make("div", { class: "lines-box", "aria-hidden": "true" });
  const board = make("div", { class: "board", role: "group", "aria-label": say("timelineIs"), "aria-describedby": id },
    lines, lanes.map((lane) => [lane.label, lane.marks]));
  const element = make("div", {}, board, legend(dated), told, make("span", { class: "unseen", id }, say("timelineKeys")));
  const laid = roving(board, lanes);
  return { element, fit };

  function fit(width) {
    const isBeside = width >= BESIDE;
    const [left, above] = isBeside ? [NAMES, 0] : [0, NAME];
    const axis = scale(dated.map((each) => each.iso), width - left - TARGET, TICK, wording.tongue);
    const isMirrored = wording.direction === "rtl";
    const across = (x) => (isMirrored ? width - x : x);
    const tracks = [];
    let top = 0;
    for (const lane of lanes) {
      const ends = [];
      const place = (x) => top + above + LINE * free(ends, x) + LINE / 2;
      lane.all.forEach((each, at) => {
        const x = left + TARGET / 2 + axis.at(each.iso);
        moved(lane.marks[at], across(x), place(x));
        laid.get(lane.marks[at]).x = x;
      });
      const height = above + LINE * ends.length;
      tracks.push(...ends.map((end, line) => top + above + LINE * line + LINE / 2));
      lane.label.classList.toggle("beside", isBeside);
      Object.assign(lane.label.style, { top: `${top}px`, height: `${isBeside ? height : above}px` });
      top += height;
    }
    const ticks = axis.ticks.map((each) => ({ x: across(left + TARGET / 2 + each.x), label: each.label }));
    lines.replaceChildren(drawing(tracks, ticks, { width, height: top, left, across }));
    board.style.height = `${top + AXIS}px`;
  }
}

// The lanes from the top, each with its statements in the order of time.
function laned(dated, by) {
  const sorted = [...dated].sort(byTime);
  return [...new Set(sorted.map((each) => each[by]))].map((name) => ({ name, all: sorted.filter((each) => each[by] === name) }));
}

// The first line of a lane on which a mark at x covers no other; `ends` are the places of the last mark on each.
function free(ends, x) {
  const found = ends.findIndex((end) => end <= x - TARGET);
  const line = found < 0 ? ends.length : found;
  ends[line] = x;
  return line;
}

const byTime = (a, b) => (a.iso === b.iso ? a.number - b.number : a.iso < b.iso ? -1 : 1);

const label = (words) => make("span", { class: "lane", "aria-hidden": "true" }, make("span", { dir: "auto" }, words || say("noSpeaker")));

const moved = (mark, x, y) => Object.assign(mark.style, { left: `${x - TARGET / 2}px`, top: `${y - TARGET / 2}px` });

function mark(each, told) {
  const who = [each.speaker, each.publisher, each.day].filter(Boolean).join(", ");
  const kind = each.standing[0] ?? "stands";
  const link = make("a", {
    class: `mark ${kind}`, href: each.link.getAttribute("href"), title: each.link.title, tabindex: -1,
    "aria-label": `${who}: ${each.quote} (${standing(each)})`,
  }, shape(kind));
  const tell = () => told.replaceChildren(
    make("strong", { dir: "auto" }, who), ` · ${standing(each)}`, make("q", { dir: "auto", lang: each.language || null }, each.quote));
  link.addEventListener("focus", tell);
  link.addEventListener("pointerenter", tell);
  return link;
}

// A disc stands; a diamond differs from others; a struck ring is superseded.
const SHAPES = { stands: ["M6 12a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"], differs: ["M12 4l8 8l-8 8l-8-8z"], superseded: ["M6 12a6 6 0 1 0 12 0a6 6 0 1 0-12 0z", "M5 19L19 5"] };

function shape(kind) {
  const svg = drawn("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: `shape ${kind}` });
  svg.append(...SHAPES[kind].map((d) => drawn("path", { d })));
  return svg;
}

// In words what the shapes say that are there.
function legend(dated) {
  const words = { stands: say("standing"), differs: say("standingDiffers"), superseded: say("standingSuperseded") };
  const kinds = Object.keys(SHAPES).filter((kind) => dated.some((each) => (each.standing[0] ?? "stands") === kind));
  return make("ul", { class: "legend" }, kinds.map((kind) => make("li", {}, shape(kind), words[kind])));
}

function drawing(tracks, ticks, { width, height, left, across }) {
  const svg = drawn("svg", { width, height: height + AXIS, class: "lines" });
  for (const { x, label: words } of ticks) {
    svg.append(drawn("line", { x1: x, x2: x, y1: 0, y2: height, class: "tick" }));
    const anchor = x < 40 ? "start" : x > width - 40 ? "end" : "middle";
    const text = drawn("text", { x, y: height + 19, direction: "ltr", "text-anchor": anchor });
    text.textContent = words;
    svg.append(text);
  }
  const ends = { x1: across(left), x2: across(width) };
  svg.append(...tracks.map((y) => drawn("line", { ...ends, y1: y, y2: y, class: "track" })));
  svg.append(drawn("line", { ...ends, y1: height, y2: height, class: "axis" }));
  return svg;
}

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

// One of the marks is in the order of Tab; the arrow keys go on from it, in time along and from lane to lane. Gives what
// is known of each mark: its statement, its lane, and its place `x`, which whoever lays it out says.
function roving(board, lanes) {
  const known = new Map(lanes.flatMap((lane, at) => lane.marks.map((each, index) => [each, { ...lane.all[index], lane: at, x: 0 }])));
  const inTime = [...known.keys()].sort((a, b) => byTime(known.get(a), known.get(b)));
  const [onward, back] = wording.direction === "rtl" ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  const step = (mark, by) => inTime[Math.min(inTime.length - 1, Math.max(0, inTime.indexOf(mark) + by))];
  const moves = {
    [onward]: (mark) => step(mark, 1),
    [back]: (mark) => step(mark, -1),
    Home: () => inTime[0],
    End: () => inTime.at(-1),
    ArrowDown: (mark) => nearest(known, mark, 1),
    ArrowUp: (mark) => nearest(known, mark, -1),
  };
  inTime[0].setAttribute("tabindex", "0");
  board.addEventListener("keydown", (event) => {
    if (known.has(event.target) && moves[event.key]) {
      event.preventDefault();
      moves[event.key](event.target).focus();
    }
  });
  board.addEventListener("focusin", ({ target }) => {
    inTime.forEach((each) => each.setAttribute("tabindex", each === target ? "0" : "-1"));
  });
  return known;
}

// The mark nearest in time in the lane `by` further; itself where there is none.
function nearest(known, mark, by) {
  const { lane, x } = known.get(mark);
  const there = [...known.keys()].filter((each) => known.get(each).lane === lane + by);
  const away = (each) => Math.abs(known.get(each).x - x);
  return there.reduce((best, each) => (best && away(best) <= away(each) ? best : each), null) ?? mark;
}
