// How the quotes of an answer stand to each other: what is on one point, what is older, where sources differ. The same
// choices as the conversation's own page makes.

// {columns, points, others, older}: `points` are [{quotes, differing}], `columns` the sides of a comparison, and `older`
// maps the number of a superseded quote to {number, words} of the one that stands. `named` are shown first, the rest
// are `others`.
export function laidOut(evidence, { points = [], disagreements = [], groups = [] }, named = []) {
  const byNumber = new Map(evidence.map((each) => [each.number, each]));
  const quotes = (numbers) => numbers.map((number) => byNumber.get(number)).filter(Boolean);
  const older = superseded(disagreements);
  const columns = sides(groups, quotes);
  if (columns.length) {
    const shown = new Set(columns.flatMap((column) => column.quotes.map((quote) => quote.number)));
    const rest = evidence.filter((each) => !shown.has(each.number)).map((each) => ({ quotes: [each], differing: [] }));
    return { columns, differing: differences(disagreements), points: rest, others: [], older };
  }
  const together = [...points, ...disagreements.map((each) => each.evidence)];
  const numbers = [...named, ...evidence.map((each) => each.number)];
  const laid = inOrder(numbers, together).map((group) => ({
    quotes: quotes(group),
    differing: differences(disagreements.filter((each) => each.evidence.some((number) => group.includes(number)))),
  }));
  const filled = laid.filter((point) => point.quotes.length);
  const isUsed = (point) => !named.length || point.quotes.some((quote) => named.includes(quote.number));
  return { columns, differing: [], points: filled.filter(isUsed), others: filled.filter((each) => !isUsed(each)), older };
}

// Whether a sentence is a quote word for word, and so shown as one.
export function isQuote(sentence, evidence) {
  const cited = evidence.find((each) => each.number === sentence.citations[0]);
  return sentence.support === "quoted" && sentence.text === cited?.quote;
}

function superseded(disagreements) {
  const older = new Map();
  for (const { relation, evidence, differences: words } of disagreements) {
    if (relation === "superseded") {
      const [newest, ...rest] = evidence;
      rest.forEach((number) => older.set(number, { number: newest, words: words[0] ?? "" }));
    }
  }
  return older;
}

function differences(disagreements) {
  return disagreements
    .filter((each) => each.relation === "disagreeing")
    .map(({ evidence, differences: words }) => evidence.map((number, at) => ({ number, words: words[at] ?? "" })));
}

function sides(groups, quotes) {
  const seen = new Set();
  return groups
    .map(({ label, evidence }) => {
      const numbers = [...new Set(evidence)].filter((number) => !seen.has(number));
      numbers.forEach((number) => seen.add(number));
      return { label, quotes: quotes(numbers) };
    })
    .filter((column) => column.quotes.length);
}

// The numbers in their order, each with all of those on its point; every number comes once.
function inOrder(numbers, groups) {
  const seen = new Set();
  const ordered = [];
  for (const number of numbers) {
    if (!seen.has(number)) {
      const group = groups.find((each) => each.includes(number)) ?? [number];
      ordered.push(group.filter((each) => !seen.has(each)));
      group.forEach((each) => seen.add(each));
    }
  }
  return ordered;
}
