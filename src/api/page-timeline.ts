import type { TimelinePage } from '../platform/ports/run-api.ts';

/** A row is 1 kB at most, and a Lambda answers with 6 MB at most. */
const mostRows = 4000;

/** Cuts a page that is too long, between two seconds: the rows of a second stay together. */
export const pageTimeline = (page: TimelinePage, limit = mostRows): TimelinePage => {
  const beyond = page.rows[limit]?.second;
  if (beyond === undefined) return page;
  const first = page.rows[0]?.second;
  // A single second that has more rows than that is a page of its own.
  const nextSecond = beyond === first ? beyond + 1 : beyond;
  const rows = page.rows.filter(({ second }) => second < nextSecond);
  return rows.length === page.rows.length ? page : { rows, nextSecond, complete: false };
};
