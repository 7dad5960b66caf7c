// The quotes of an answer as they stand on the page: what each says, who said it, where and when, and whether it stands.

// Those of the answer that `element` is in, as {number, quote, speaker, voice, publisher, iso, day, link, standing,
// figure}; `voice` is the speaker by the fullest name that any of them has, `standing` lists superseded and differs,
// where it is either.
export function statements(element) {
  const section = element.closest("section");
  const figures = [...(section?.querySelectorAll("figure.quote") ?? [])];
  const differing = new Set([...(section?.querySelectorAll(".differing a.cite") ?? [])].map(number));
  return figures.map((figure) => statement(figure, differing));
}

function statement(figure, differing) {
  const quote = figure.querySelector("blockquote");
  const link = quote.querySelector("a.cite");
  const speaker = figure.querySelector(".by strong");
  const time = figure.querySelector("figcaption time");
  const superseded = figure.classList.contains("superseded");
  return {
    figure,
    link,
    number: number(link),
    quote: own(quote).trim(),
    language: quote.lang,
    speaker: speaker?.textContent ?? "",
    voice: speaker?.title || (speaker?.textContent ?? ""),
    publisher: figure.querySelector(".by .publisher").textContent,
    iso: time?.dateTime ?? "",
    day: (time ?? figure.querySelector(".undated")).textContent,
    standing: [superseded && "superseded", differing.has(number(link)) && "differs"].filter(Boolean),
  };
}

const number = (link) => Number.parseInt(link.firstChild.textContent, 10);

// The text of an element without that of the elements in it.
const own = (element) => [...element.childNodes].filter((each) => each.nodeType === Node.TEXT_NODE).map((each) => each.data).join("");
