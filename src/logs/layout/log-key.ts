import { type ContainerName, isEcsName, logsDayPrefix } from './container-name.ts';
import { parseDayFolders } from './day-folder.ts';
import { dayOf, type UtcDay } from './utc-day.ts';

/**
 * `logs/shop/app/year=2026/month=11/day=21/223344-k7fq2m9x.gz`: day and time of the first record in it, which may be followed
 * by records of the next day. The id, of letters and digits, tells apart what begins in one second.
 */
export const logKey = (name: ContainerName, firstAtMillis: number, id: string): string => {
  const time = new Date(firstAtMillis).toISOString().slice(11, 19).replaceAll(':', '');
  return `${logsDayPrefix(name, dayOf(firstAtMillis))}${time}-${id}.gz`;
};

export interface LogKeyParts extends ContainerName {
  readonly day: UtcDay;
  /** After the day's folder. */
  readonly file: string;
}

/**
 * Undefined for what isn't the key of a log object. A file may have any name: not everybody who writes logs names them
 * as `logKey` does.
 */
export const parseLogKey = (key: string): LogKeyParts | undefined => {
  const [, family = '', container = '', folders = '', file = ''] =
    /^logs\/([^/]+)\/([^/]+)\/((?:[^/]+\/){3})([^/]+)$/.exec(key) ?? [];
  const day = parseDayFolders(folders);
  return day !== undefined && isEcsName(family) && isEcsName(container)
    ? { family, container, day, file }
    : undefined;
};
