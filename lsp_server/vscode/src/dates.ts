// Dates of service, as they are written in settings and fields: YYYY-MM-DD.

const WRITTEN = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether a text is a day of the calendar: 2026-02-30 is none. */
export function isDate(text: string): boolean {
  const match = WRITTEN.exec(text);
  if (match === null) {
    return false;
  }
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** What to say about a text in a date field, or null where it is a date or empty. */
export function dateProblem(text: string): string | null {
  const written = text.trim();
  return written === "" || isDate(written) ? null : "Write the date as YYYY-MM-DD, or leave it empty for today.";
}
