import type { LogRecord } from './log-record.ts';

/** Fields of a record that say how Docker's cutting of long lines went, as its log drivers name them. */
export interface PartialFields {
  readonly partial_message: 'true';
  readonly partial_id: string;
  /** From `1` on. */
  readonly partial_ordinal: string;
  readonly partial_last: 'true' | 'false';
}

/** The line of a record, with its ending. */
export const encodeRecord = (record: LogRecord & Partial<PartialFields>): string =>
  `${JSON.stringify(record)}\n`;

/**
 * Instants of records out of a clock that knows milliseconds, or jumps back: each is later than the one before, by a
 * microsecond where the clock stands still, so that lines keep their order. Ahead of the clock for as long as more than a
 * thousand lines come in a millisecond.
 */
export const recordTimes = (
  nowMillis: () => number,
): (() => { readonly time: string; readonly millis: number }) => {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    last = Math.max(last + 1, Math.floor(nowMillis()) * 1000);
    const millis = Math.floor(last / 1000);
    return {
      time: `${new Date(millis).toISOString().slice(0, -1)}${String(last % 1000).padStart(3, '0')}Z`,
      millis,
    };
  };
};
