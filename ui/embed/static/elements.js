// Elements made by an allow-list, never from text that is parsed: what a document or a model says stays text.

const TAGS = new Set(
  ("a article aside blockquote button caption cite code details dd dialog div dl dt em fieldset figcaption figure form h1 " +
    "h2 h3 h4 header input kbd label legend li main mark nav ol option output p progress q section select span strong " +
    "summary table tbody td textarea th thead time tr ul").split(" "),
);
const ATTRIBUTES =
  /^(?:class|id|type|role|dir|lang|title|hidden|href|target|rel|datetime|for|rows|maxlength|placeholder|tabindex|enterkeyhint|autocomplete|disabled|accept|checked|colspan|download|max|min|multiple|name|open|required|scope|selected|spellcheck|value|aria-[a-z]+|data-[a-z]+)$/;
const SVG = "http://www.w3.org/2000/svg";

// `make("p", { class: "note", onclick: heard }, "text", element)`; null, false and undefined are passed over.
export function make(tag, attributes, ...inside) {
  if (!TAGS.has(tag)) {
    throw new TypeError(`no element ${tag} is made here`);
  }
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      set(element, name, value === true ? "" : String(value));
    }
  }
  element.append(...inside.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

function set(element, name, value) {
  const leads = name !== "href" || /^(?:https?:\/\/|\/(?!\/))/i.test(value);
  if (!ATTRIBUTES.test(name) || !leads) {
    throw new TypeError(`no attribute ${name} of this value is set here`);
  }
  element.setAttribute(name, value);
}

// Words that only a screen reader has.
export const unseen = (text) => make("span", { class: "unseen" }, text);

// A picture of one path in a box of 24.
export function picture(d) {
  const [svg, path] = ["svg", "path"].map((each) => document.createElementNS(SVG, each));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}
