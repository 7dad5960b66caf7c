// An axis of time: from days to places, and the ticks that help to read it. Days are whole days of UTC, as ISO dates.

const DAY = 86_400_000;
const STEPS = [
  ["day", 1], ["day", 2], ["day", 7], ["day", 14],
  ["month", 1], ["month", 2], ["month", 3], ["month", 6],
  ["year", 1], ["year", 2], ["year", 5], ["year", 10], ["year", 20], ["year", 50], ["year", 100], ["year", 200], ["year", 500],
  ["year", 1000],
];
const DAYS = { day: 1, month: 30.44, year: 365.25 };
const MARGIN = 0.04;

const time = (iso) => Date.parse(`${iso}T00:00:00Z`);

// {at, ticks} for these days over `width` pixels: `at(iso)` is a place from 0 to width, `ticks` are {x, label}, no two
// nearer than `room` pixels. `tongue` is the language that the labels are in.
export function scale(isos, width, room, tongue) {
  const times = isos.map(time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const margin = Math.max(DAY, (last - first) * MARGIN);
  const [from, to] = [first - margin, last + margin];
  const place = (moment) => ((moment - from) / (to - from)) * width;
  const [unit, step] = stepFor((to - from) / DAY, Math.max(1, Math.floor(width / room)));
  const moments = ticks(from, to, unit, step);
  const names = labels(unit, moments, tongue);
  return { at: (iso) => place(time(iso)), ticks: moments.map((each, index) => ({ x: place(each), label: names[index] })) };
}

// The smallest step of which no more than `most` fit into so many days.
function stepFor(days, most) {
  return STEPS.find(([unit, step]) => days / (DAYS[unit] * step) <= most) ?? STEPS.at(-1);
}

function ticks(from, to, unit, step) {
  const found = [];
  for (let each = firstTick(new Date(from), unit, step); each <= to; each = next(each, unit, step)) {
    if (each >= from) {
      found.push(each);
    }
  }
  return found;
}

// Weeks begin on a Monday, as 5 January 1970 was one; months and years at multiples of their step.
function firstTick(date, unit, step) {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === "year") {
    return utc(Math.floor(year / step) * step, 0);
  }
  if (unit === "month") {
    return utc(year, Math.floor(month / step) * step);
  }
  const day = Math.floor(date.getTime() / DAY);
  const offset = step % 7 === 0 ? 4 : 0;
  return (Math.floor((day - offset) / step) * step + offset) * DAY;
}

function next(moment, unit, step) {
  const date = new Date(moment);
  if (unit === "day") {
    return moment + step * DAY;
  }
  return unit === "month" ? utc(date.getUTCFullYear(), date.getUTCMonth() + step) : utc(date.getUTCFullYear() + step, 0);
}

function utc(year, month) {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 1);
  return date.getTime();
}

// A label for each; the year stands where it changes, and with the first.
function labels(unit, moments, tongue) {
  const locale = tongue === "en" ? "en-GB" : tongue;
  const parts = { day: { day: "numeric", month: "short" }, month: { month: "short" }, year: {} }[unit];
  const short = new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" });
  const long = new Intl.DateTimeFormat(locale, { ...parts, year: "numeric", timeZone: "UTC" });
  const year = (moment) => new Date(moment).getUTCFullYear();
  return moments.map((each, index) => {
    const isNew = unit === "year" || index === 0 || year(each) !== year(moments[index - 1]);
    return (isNew ? long : short).format(each);
  });
}
