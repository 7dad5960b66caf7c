// Numbers, days and moments as the page's language writes them, short enough for a column.

const tongue = document.documentElement.lang || "en";
// English of no country writes its days as the British do, as everywhere on these pages.
const locale = tongue === "en" ? "en-GB" : tongue;
const numbers = new Intl.NumberFormat(locale);
const days = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

export const number = (n) => numbers.format(n);

// A day as 2025-08-16.
export const shortDay = (iso) => days.format(new Date(`${iso}T00:00:00Z`));

// A moment as an ISO date and time, in the reader's own time zone.
export const shortMoment = (iso) => moments.format(new Date(iso));
