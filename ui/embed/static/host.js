// Messages with the page that holds this one: only window.parent, only an origin that this chat lists, only these forms.

const LONGEST_QUESTION = 4000;
const THEMES = ["light", "dark", "auto"];
const isText = (value, longest) => typeof value === "string" && value.length <= longest;
const isTexts = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) &&
  Object.keys(value).length <= 8 && Object.values(value).every((each) => isText(each, 200));

// Each kind with its fields, and what each of them has to be.
const HEARD = {
  hello: {
    language: (value) => isText(value, 35),
    theme: (value) => THEMES.includes(value),
    variables: isTexts,
  },
  ticket: { ticket: (value) => isText(value, 300) && /^ort_[\w-]+$/.test(value) },
  "no-ticket": { status: (value) => Number.isInteger(value) && value >= 0 && value < 600 },
  ask: { question: (value) => isText(value, LONGEST_QUESTION) && value.trim() !== "" },
  shown: {},
  hidden: {},
};

// Whether `data` is one of the messages above, with all of its fields and no other.
export function isMessage(data) {
  if (typeof data !== "object" || data === null || data.onrecord !== 1 || !Object.hasOwn(HEARD, data.type)) {
    return false;
  }
  const fields = HEARD[data.type];
  const names = Object.keys(data).filter((name) => name !== "onrecord" && name !== "type");
  return (
    names.length === Object.keys(fields).length &&
    names.every((name) => Object.hasOwn(fields, name) && fields[name](data[name]))
  );
}

export class Host {
  #origins;
  #origin = null;
  #heard = new Map();

  constructor(origins) {
    this.#origins = origins;
    this.#origin = this.#holding();
    window.addEventListener("message", (event) => this.#hear(event));
  }

  on(type, heard) {
    this.#heard.set(type, heard);
  }

  // To the page whose origin is known; before its first message, where the browser does not tell, to each it may be.
  send(type, fields) {
    for (const origin of this.#origin ? [this.#origin] : this.#origins) {
      window.parent.postMessage({ onrecord: 1, type, ...fields }, origin);
    }
  }

  #holding() {
    const above = window.location.ancestorOrigins?.[0];
    return this.#origins.includes(above) ? above : null;
  }

  #hear({ source, origin, data }) {
    const known = this.#origin ? origin === this.#origin : this.#origins.includes(origin);
    if (source !== window.parent || !known || !isMessage(data)) {
      return;
    }
    this.#origin = origin;
    this.#heard.get(data.type)?.(data);
  }
}
