import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod/mini';
import { logFailure } from '../../calls/log-failure.ts';
import { BadInputError, DocumentInvalidError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import type { DecisionPage, ExplainRequest } from '../../platform/ports/scaling-api.ts';
import { dayPrefix, daysBetween, decisionsKey, parseDecisionsKey, type TickName } from './decision-keys.ts';
import { type DecisionRow, decisionRow, subjectPattern } from './decision-row.ts';

const unzip = promisify(gunzip);

/** A tick's rows of 10,000 services are a few MB; more is not ours. */
const mostBytes = 64_000_000;
const readAtOnce = 16;
/** Ticks and days that are looked at for one page: the next one goes on. */
const mostTicks = 2_000;
const mostDays = 62;
const mostRows = 1_000;
const aDayMillis = 86_400_000;
const cursorPattern = /^(\d+)(?:\.(\d+)\.(.+))?$/;

/** From where a page goes on: rows before an instant, or behind one of a tick. */
interface Cursor {
  readonly untilMillis: number;
  /** The tick of that instant from which rows were taken, and how many. */
  readonly tick: string;
  readonly taken: number;
}

/**
 * Decisions, newest first, those of one tick in its order. A page may hold fewer than asked for, and none, though there are
 * more: `next` tells. An object that can't be read hides no other. Throws `BadInput` for a cursor or
 * a subject that isn't one.
 */
export const readDecisions = async (store: ObjectStore, request: ExplainRequest): Promise<DecisionPage> => {
  requireSubject(request.subject);
  const cursor = parseCursor(request);
  const limit = Math.min(request.limit, mostRows);
  const rows: DecisionRow[] = [];
  let ticksLeft = mostTicks;
  let last: Cursor | undefined;
  const days = daysBetween(request.sinceMillis, cursor.untilMillis);
  for (const day of days.slice(0, mostDays)) {
    const ticks = await listTicks(store, day, request, cursor);
    for (let from = 0; from < ticks.length; from += readAtOnce) {
      if (ticksLeft <= 0 && last !== undefined) return page(rows, last);
      const some = ticks.slice(from, from + readAtOnce);
      ticksLeft -= some.length;
      const read = await Promise.all(some.map((tick) => readTick(store, tick)));
      for (const [place, tick] of some.entries()) {
        last = { untilMillis: tick.atMillis, tick: tick.tick, taken: Number.MAX_SAFE_INTEGER };
        const wanted = (read[place] ?? []).filter(
          ({ subject }) => request.subject === undefined || subject === request.subject,
        );
        const skipped = tick.tick === cursor.tick ? cursor.taken : 0;
        const taken = wanted.slice(skipped, skipped + limit - rows.length);
        rows.push(...taken);
        if (rows.length < limit) continue;
        return page(rows, { untilMillis: tick.atMillis, tick: tick.tick, taken: skipped + taken.length });
      }
    }
  }
  const oldestDay = days[mostDays - 1];
  return oldestDay === undefined || days.length <= mostDays
    ? { decisions: rows }
    : page(rows, { untilMillis: oldestDay - 1, tick: '', taken: 0 });
};

const page = (decisions: readonly DecisionRow[], { untilMillis, tick, taken }: Cursor): DecisionPage => ({
  decisions,
  next: tick === '' ? String(untilMillis) : `${untilMillis}.${taken}.${tick}`,
});

const parseCursor = ({ after: text, untilMillis = Date.UTC(9999, 0) }: ExplainRequest): Cursor => {
  if (text === undefined || text === '') return { untilMillis: clamp(untilMillis), tick: '', taken: 0 };
  const [, until, taken = '0', tick = ''] = cursorPattern.exec(text) ?? [];
  if (until === undefined)
    throw new BadInputError(`"${text.slice(0, 60)}" does not come from a page of decisions; leave it out`);
  return { untilMillis: clamp(Number(until)), tick, taken: Number(taken) };
};

const requireSubject = (subject: string | undefined): void => {
  if (subject !== undefined && !subjectPattern.test(subject))
    throw new BadInputError(
      `nothing is decided about "${subject.slice(0, 60)}": expected a subject such as service/web, pool/spot, instance/i-0b66 or cluster`,
    );
};

/** Nothing is decided in days to come. */
const clamp = (untilMillis: number): number => Math.min(untilMillis, Date.now() + aDayMillis);

/** Newest first; ticks of one instant, of several clusters, by their id. */
const listTicks = async (
  store: ObjectStore,
  dayMillis: number,
  { cluster, sinceMillis }: ExplainRequest,
  cursor: Cursor,
): Promise<readonly TickName[]> => {
  const ticks: TickName[] = [];
  for await (const key of store.list(dayPrefix(dayMillis))) {
    const tick = parseDecisionsKey(key);
    if (tick === undefined || (cluster !== undefined && tick.cluster !== cluster)) continue;
    if (tick.atMillis < sinceMillis || tick.atMillis > cursor.untilMillis) continue;
    if (cursor.tick !== '' && tick.tick > cursor.tick) continue;
    ticks.push(tick);
  }
  return ticks.sort((a, b) => (a.tick < b.tick ? 1 : -1));
};

const readTick = async (
  store: ObjectStore,
  { tick, atMillis }: TickName,
): Promise<readonly DecisionRow[]> => {
  const key = decisionsKey(tick, atMillis);
  const got = await store.get(key);
  if (got.kind !== 'found') return [];
  try {
    const text = (await unzip(got.body, { maxOutputLength: mostBytes })).toString();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => z.parse(decisionRow, JSON.parse(line)));
  } catch (cause) {
    logFailure({ error: new DocumentInvalidError(`${key} can't be read: ${String(cause)}`) });
    return [];
  }
};
