import { recordKey, recordsPrefix } from './drain-record.ts';

/** What the key of a record says by itself. */
export interface RecordName {
  readonly drainId: string;
  readonly instanceId: string;
  /** Milliseconds since the epoch. */
  readonly heardAtMillis: number;
}

/** The largest instant that keys can hold; they count down from it. */
const lastMillis = 9_999_999_999_999;
const pattern = /^(\d{13})-((i-[0-9a-f]+)-[0-9a-z]+)\.json$/;

/** A record's key without the prefix: names sort newest first. */
export const recordName = (drain: Pick<RecordName, 'drainId' | 'heardAtMillis'>): string =>
  recordKey(drain).slice(recordsPrefix.length);

/** Undefined for an object that is no record. */
export const parseRecordName = (name: string): RecordName | undefined => {
  const [, inverted, drainId, instanceId] = pattern.exec(name) ?? [];
  if (inverted === undefined || drainId === undefined || instanceId === undefined) return undefined;
  return { drainId, instanceId, heardAtMillis: lastMillis - Number(inverted) };
};

/** Between which names that of a drain is, by the second in its id; undefined for what is no whole id. */
export const namesAround = (
  drainId: string,
): { readonly after: string; readonly upTo: string } | undefined => {
  const [, seconds] = /^i-[0-9a-f]+-([0-9a-z]{1,8})$/.exec(drainId) ?? [];
  if (seconds === undefined) return undefined;
  const millis = Number.parseInt(seconds, 36) * 1000;
  if (millis + 999 > lastMillis) return undefined;
  const inverted = (at: number): string => String(lastMillis - at).padStart(13, '0');
  return { after: inverted(millis + 999), upTo: `${inverted(millis)}.` };
};
