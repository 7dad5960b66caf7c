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

// `dated` statements by `by`, "speaker" or "publisher", over `width` pixels.
export function chart(dated, by, width) {
  const isBeside = width >= BESIDE;
  const left = isBeside ? NAMES : 0;
  const axis = scale(dated.map((each) => each.iso), width - left - TARGET, TICK, wording.tongue);
  const mirrored = wording.direction === "rtl";
  const across = (x) => (mirrored ? width - x : x);
  const placed = (each) => left + TARGET / 2 + axis.at(each.iso);
  const lanes = laid(dated, by, placed, isBeside ? 0 : NAME);
  const height = lanes.reduce((sum, lane) => sum + lane.height, 0);
  const told = make("p", { class: "told" }, say("timelineKeys"));
  const marks = lanes.flatMap((lane) => lane.marks.map((each) => mark(each, across(each.x), lane.top + each.y, told)));
  const id = `timeline-${(made += 1)}`;
  const board = make("div", { class: "board", role: "group", "aria-label": say("timelineIs"), "aria-describedby": id },
    drawing(lanes, axis.ticks.map(({ x, label }) => ({ x: across(left + TARGET / 2 + x), label })), { width, height, left, across }),
    lanes.map((lane) => name(lane, isBeside)),
    marks);
  board.style.height = `${height + AXIS}px`;
  roving(board, lanes, marks, mirrored);
  return make("div", {}, board, legend(dated), told, make("span", { class: "unseen", id }, say("timelineKeys")));
}

// Lanes from the top, each with its marks in the order of time, at x from the beginning of the line and y in the lane;
// what would cover another goes into a line below it.
function laid(dated, by, placed, above) {
  const names = [...new Set([...dated].sort(byTime).map((each) => each[by]))];
  let top = 0;
  return names.map((each) => {
    const ends = [];
    const marks = dated.filter((one) => one[by] === each).sort(byTime).map((one) => {
      const x = placed(one);
      const free = ends.findIndex((end) => end <= x - TARGET);
      const line = free < 0 ? ends.length : free;
      ends[line] = x;
      return { ...one, x, y: above + LINE * line + LINE / 2 };
    });
    const lane = { name: each, top, marks, lines: ends.length, above, height: above + LINE * ends.length };
    top += lane.height;
    return lane;
  });
}

const byTime = (a, b) => (a.iso === b.iso ? a.number - b.number : a.iso < b.iso ? -1 : 1);

function name({ name: words, top, height, above }, isBeside) {
  const label = make("span", { class: isBeside ? "lane beside" : "lane", dir: "auto", "aria-hidden": "true" }, words || say("noSpeaker"));
  label.style.top = `${top}px`;
  label.style.height = `${isBeside ? height : above}px`;
  return label;
}

function mark(each, x, y, told) {
  const who = [each.speaker, each.publisher, each.day].filter(Boolean).join(", ");
  const kind = each.standing[0] ?? "stands";
  const link = make("a", {
    class: `mark ${kind}`, href: each.link.getAttribute("href"), title: each.link.title, tabindex: -1,
    "aria-label": `${who}: ${each.quote} (${standing(each)})`,
  }, shape(kind));
  Object.assign(link.style, { left: `${x - TARGET / 2}px`, top: `${y - TARGET / 2}px` });
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

function drawing(lanes, ticks, { width, height, left, across }) {
  const svg = drawn("svg", { width, height: height + AXIS, "aria-hidden": "true", class: "lines" });
  for (const { x, label } of ticks) {
    svg.append(drawn("line", { x1: x, x2: x, y1: 0, y2: height, class: "tick" }));
    const anchor = x < 40 ? "start" : x > width - 40 ? "end" : "middle";
    const text = drawn("text", { x, y: height + 19, direction: "ltr", "text-anchor": anchor });
    text.textContent = label;
    svg.append(text);
  }
  for (const { top, lines, above } of lanes) {
    for (let line = 0; line < lines; line += 1) {
      const y = top + above + LINE * line + LINE / 2;
      svg.append(drawn("line", { x1: across(left), x2: across(width), y1: y, y2: y, class: "track" }));
    }
  }
  svg.append(drawn("line", { x1: across(left), x2: across(width), y1: height, y2: height, class: "axis" }));
  return svg;
}

function drawn(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

// One of the marks is in the order of Tab; the arrow keys go on from it, in time along and from lane to lane.
function roving(board, lanes, marks, mirrored) {
  const all = lanes.flatMap((lane, at) => lane.marks.map((each) => ({ ...each, lane: at })));
  const inTime = all.map((each, index) => index).sort((a, b) => byTime(all[a], all[b]));
  const [onward, back] = mirrored ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
  const step = (at, by) => inTime[Math.min(inTime.length - 1, Math.max(0, inTime.indexOf(at) + by))];
  const moves = {
    [onward]: (at) => step(at, 1),
    [back]: (at) => step(at, -1),
    Home: () => inTime[0],
    End: () => inTime.at(-1),
    ArrowDown: (at) => nearest(all, at, 1),
    ArrowUp: (at) => nearest(all, at, -1),
  };
  marks[inTime[0]]?.setAttribute("tabindex", "0");
  board.addEventListener("keydown", (event) => {
    const at = marks.indexOf(event.target);
    if (at >= 0 && moves[event.key]) {
      event.preventDefault();
      marks[moves[event.key](at)].focus();
    }
  });
  board.addEventListener("focusin", ({ target }) => {
    marks.forEach((each) => each.setAttribute("tabindex", each === target ? "0" : "-1"));
  });
}

// The mark nearest in time in the lane `by` further; itself where there is none.
function nearest(all, at, by) {
  const there = all.map((each, index) => ({ ...each, index })).filter((each) => each.lane === all[at].lane + by);
  const away = (each) => Math.abs(each.x - all[at].x);
  return there.length ? there.reduce((a, b) => (away(b) < away(a) ? b : a)).index : at;
}
