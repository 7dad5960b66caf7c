// The three lists of the library: where each is asked for, and what is said of it.

const documents = {
  field: "documents",
  path: "/api/v1/library",
  name: "libraryDocuments",
  none: (state) => (state ? "libraryNoneSo" : "libraryNoDocuments"),
  advice: null,
  total: (counts, state) => (state ? counts[state] : counts.searchable + counts.hidden) ?? null,
};

const refused = {
  field: "refusals",
  path: "/api/v1/library/refusals",
  name: "libraryRefused",
  none: () => "libraryNoRefusals",
  advice: "libraryRefusedAdvice",
  total: (counts) => counts.refused ?? null,
};

const removed = {
  field: "removals",
  path: "/api/v1/library/removals",
  name: "libraryRemoved",
  none: () => "libraryNoRemovals",
  advice: "libraryRemovedAdvice",
  total: (counts) => counts.removed ?? null,
};

// Rows of one page.
export const PAGE = 25;

// The list that is wanted.
export const kindOf = ({ state }) => ({ refused, removed })[state] ?? documents;

export const isDocuments = (kind) => kind === documents;

// The address that asks for one page of a list: `cursor` is what the page before gave, null for the first.
export function question(kind, { state, words, collection, order }, cursor, limit) {
  const query = new URLSearchParams({ limit });
  const which = kind === documents ? { state, collection, order } : {};
  for (const [name, value] of Object.entries({ ...which, words: words.trim(), after: cursor })) {
    if (value) {
      query.set(name, value);
    }
  }
  return `${kind.path}?${query}`;
}
