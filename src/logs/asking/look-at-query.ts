import { formatBytes } from '../../document/bytes-quantity.ts';
import { QueryNotFoundError } from '../../errors.ts';
import type { QueryAnswer } from '../../platform/ports/logs-api.ts';
import type { SqlPage, SqlStatus } from '../../platform/ports/sql-engine.ts';
import type { AskingPorts } from '../logs-ports.ts';
import type { AskingSettings } from './asking-settings.ts';
import { cutPage, parsePlace } from './cut-page.ts';
import type { BookedQuery } from './query-book.ts';
import { queryUsd } from './query-price.ts';
import { queryToken } from './query-token.ts';

/** Each is started for an object that could not be read; more than so many are somebody's to look at. */
const mostAttempts = 6;
/** Pauses between looks at a query that runs: a second together. */
const pausesMillis = [10, 20, 40, 80, 150, 300, 400];

/** How a query stands, after a moment's wait; what it must not go on with is ended, what broke an object is tried again. */
export const lookAtQuery = async (
  ports: AskingPorts,
  settings: AskingSettings,
  queryId: string,
  after: string | undefined,
): Promise<QueryAnswer> => {
  const query = await settings.book.get(queryId);
  if (query === undefined) throw notFound(queryId);
  const status = await waitFor(ports, query);
  if (status === undefined) throw notFound(queryId);
  const { scannedBytes } = status;
  switch (status.kind) {
    case 'running':
      if (!isOver(query, scannedBytes)) return status;
      await ports.sql.cancel(query.engineId);
      return overLimit(query, settings, scannedBytes);
    case 'cancelled':
      if (isOver(query, scannedBytes)) return overLimit(query, settings, scannedBytes);
      return { kind: 'cancelled', scannedBytes, usd: priceOf(settings, scannedBytes) };
    case 'failed':
      if (await isStartedAgain(ports, settings, queryId, query, status))
        return { kind: 'running', scannedBytes: 0 };
      return failure(settings, status);
    case 'succeeded': {
      const { isReused, millis } = status;
      const usd = isReused ? 0 : priceOf(settings, scannedBytes);
      return {
        kind: 'succeeded',
        scannedBytes,
        usd,
        isReused,
        millis,
        ...(await pageOf(ports, settings, query, after)),
      };
    }
  }
};

const pageOf = async (
  { sql }: AskingPorts,
  { mostPageBytes }: AskingSettings,
  { engineId }: BookedQuery,
  after: string | undefined,
): Promise<SqlPage> => {
  if (mostPageBytes === undefined) return sql.page(engineId, after);
  const place = parsePlace(after);
  return cutPage(await sql.page(engineId, place.after), place, mostPageBytes);
};

const notFound = (queryId: string): QueryNotFoundError =>
  new QueryNotFoundError(`there is no query ${queryId.slice(0, 100)}, or its results are gone: ask again`);

const waitFor = async ({ sql, time }: AskingPorts, query: BookedQuery): Promise<SqlStatus | undefined> => {
  let status = await sql.status(query.engineId);
  for (const pause of pausesMillis) {
    if (status?.kind !== 'running' || isOver(query, status.scannedBytes)) break;
    await time.sleep(pause);
    status = await sql.status(query.engineId);
  }
  return status;
};

const isOver = ({ maxScanBytes }: BookedQuery, scannedBytes: number): boolean =>
  maxScanBytes !== null && scannedBytes > maxScanBytes;

const priceOf = ({ usdPerTerabyte }: AskingSettings, scannedBytes: number): number =>
  queryUsd(scannedBytes, usdPerTerabyte);

const overLimit = (
  { maxScanBytes }: BookedQuery,
  settings: AskingSettings,
  scannedBytes: number,
): QueryAnswer => ({
  kind: 'failed',
  message: `the query was ended: it scanned ${formatBytes(scannedBytes)}, and no more than ${formatBytes(maxScanBytes ?? 0)} may be scanned`,
  isPassing: false,
  scannedBytes,
  usd: priceOf(settings, scannedBytes),
});

type Failed = Extract<SqlStatus, { readonly kind: 'failed' }>;

/** Only what was ended at a limit is paid for. */
const failure = (settings: AskingSettings, { cause, message, scannedBytes }: Failed): QueryAnswer => ({
  kind: 'failed',
  message: cause === 'engine' ? `${message} (it may succeed when it is asked again)` : message,
  isPassing: cause === 'engine',
  scannedBytes,
  usd: cause === 'limit' ? priceOf(settings, scannedBytes) : 0,
});

/** Whether the object in the way could be put right; of two who look at once, both start the same attempt. */
const isStartedAgain = async (
  { sql, listing }: AskingPorts,
  { book, salvage }: AskingSettings,
  queryId: string,
  query: BookedQuery,
  { cause, object }: Failed,
): Promise<boolean> => {
  const isOurs = cause === 'object' && object?.startsWith(listing.root) === true;
  if (!isOurs || salvage === undefined || query.attempt >= mostAttempts) return false;
  if (!(await salvage(object.slice(listing.root.length)))) return false;
  const attempt = query.attempt + 1;
  const { sql: text, parameters, reuseMinutes } = query;
  const engineId = await sql.start({
    sql: text,
    parameters,
    reuseMinutes,
    token: queryToken(queryId, attempt),
  });
  await book.put(queryId, { ...query, engineId, attempt });
  return true;
};
