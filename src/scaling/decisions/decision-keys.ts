/**
 * `tables/decisions/year=YYYY/month=MM/day=DD/<tick>.json.gz`, UTC; a tick's id begins with its instant and ends with its
 * cluster, so that the list of a day is in the order of time, and tells whose each tick is.
 */
export const decisionsPrefix = 'tables/decisions/';

const dayMillis = 86_400_000;
const suffix = '.json.gz';

/** `20261121T093100123Z-web`. */
export const tickIdOf = (atMillis: number, cluster: string): string => `${compact(atMillis)}-${cluster}`;

/** `20261121T093100123Z.pause-web`: of what an operator did, which never takes a tick's place. */
export const pauseIdOf = (atMillis: number, cluster: string): string =>
  `${compact(atMillis)}.pause-${cluster}`;

const compact = (atMillis: number): string => new Date(atMillis).toISOString().replace(/[-:.]/g, '');

export const dayPrefix = (atMillis: number): string => {
  const [year, month, day] = new Date(atMillis).toISOString().slice(0, 10).split('-');
  return `${decisionsPrefix}year=${year}/month=${month}/day=${day}/`;
};

export const decisionsKey = (tick: string, atMillis: number): string =>
  `${dayPrefix(atMillis)}${tick}${suffix}`;

/** The beginning of each day between two instants, newest first. */
export const daysBetween = (sinceMillis: number, untilMillis: number): readonly number[] => {
  const first = Math.floor(sinceMillis / dayMillis);
  const last = Math.floor(untilMillis / dayMillis);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => (last - n) * dayMillis);
};

export interface TickName {
  readonly tick: string;
  readonly atMillis: number;
  readonly cluster: string;
}

const tickPattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z(?:\.pause)?-(.+)$/;

/** Undefined for what isn't a tick's id. */
export const parseTickId = (tick: string): TickName | undefined => {
  const [, year, month, day, hour, minute, second, millis, cluster] = tickPattern.exec(tick) ?? [];
  const atMillis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millis}Z`);
  return cluster === undefined || Number.isNaN(atMillis) ? undefined : { tick, atMillis, cluster };
};

export const parseDecisionsKey = (key: string): TickName | undefined =>
  key.endsWith(suffix) ? parseTickId(key.slice(key.lastIndexOf('/') + 1, -suffix.length)) : undefined;
