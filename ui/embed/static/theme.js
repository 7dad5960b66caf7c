// Light or dark, and the host page's colours, corners and letters, as far as they can be read.

const SCHEMES = ["light", "dark", "auto"];
const COLOUR = /^(?:#[\da-f]{3,8}|[a-z]+|[a-z]+\([\d\s.,%/a-z-]+\))$/i;
const FORMS = {
  accent: ["color", COLOUR],
  "on-accent": ["color", COLOUR],
  radius: ["width", /^\d{1,3}(?:\.\d+)?(?:px|rem|em)$/],
  font: ["font-family", /^[\w\s"',-]{1,200}$/],
};
const ENOUGH = 4.5;
const STEPS = 20;

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
let given = {};

export function dress(theme, variables) {
  root.dataset.theme = SCHEMES.includes(theme) ? theme : "auto";
  given = Object.fromEntries(Object.entries(variables).filter(([name, value]) => isGood(name, value)));
  put("--radius", given.radius);
  put("--sans", given.font);
  accent();
}

dark.addEventListener("change", accent);

function isGood(name, value) {
  const [property, form] = FORMS[name] ?? [];
  return Boolean(form?.test(value)) && CSS.supports(property, value);
}

function put(name, value) {
  if (value) {
    root.style.setProperty(name, value);
  } else {
    root.style.removeProperty(name);
  }
}

// The accent stands on the paper as text and under text as a button, so it must be told from both.
function accent() {
  ["--link", "--link-paper", "--on-link"].forEach((name) => put(name));
  const wanted = given.accent && rgb(given.accent);
  if (!wanted) {
    return;
  }
  const isDark = root.dataset.theme === "dark" || (root.dataset.theme === "auto" && dark.matches);
  const [paper, ink] = isDark ? [[31, 30, 27], [255, 255, 255]] : [[253, 252, 250], [0, 0, 0]];
  const tint = (colour) => mixed(paper, colour, 0.1);
  const steps = Array.from({ length: STEPS + 1 }, (_, step) => mixed(wanted, ink, step / STEPS));
  const link = steps.find((each) => contrast(each, tint(each)) >= ENOUGH) ?? ink;
  if (link !== steps[0]) {
    console.warn(`On Record: --onrecord-accent ${given.accent} is too near to the paper to be read; ${css(link)} is used.`);
  }
  put("--link", css(link));
  put("--link-paper", css(tint(link)));
  put("--on-link", css(onAccent(link)));
}

function onAccent(link) {
  const wanted = given["on-accent"] && rgb(given["on-accent"]);
  if (wanted && contrast(wanted, link) >= ENOUGH) {
    return wanted;
  }
  if (wanted) {
    console.warn(`On Record: --onrecord-on-accent ${given["on-accent"]} cannot be read on the accent; it is passed over.`);
  }
  return [[255, 255, 255], [0, 0, 0]].sort((one, other) => contrast(other, link) - contrast(one, link))[0];
}

// A colour however it is written, as red, green and blue; none for one that can be seen through.
function rgb(colour) {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return alpha === 255 ? [red, green, blue] : null;
}

const mixed = (one, other, share) => one.map((each, at) => Math.round(each + (other[at] - each) * share));
const css = (colour) => `rgb(${colour.join(" ")})`;

// WCAG 2.2: relative luminance, and the ratio of two.
function luminance(colour) {
  const [red, green, blue] = colour.map((each) => (each <= 10.31 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [light, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (darker + 0.05);
}
