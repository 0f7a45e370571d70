import * as z from 'zod/mini';

/** `removeAfter` is absent until the view was seen to say so: from then on a query that began earlier has a day. */
const leaving = z.object({ day: z.string(), generation: z.int(), removeAfter: z.optional(z.string()) });

/**
 * `state/logs/tables/<table>.json`: what compaction has done with a table. Compared and set. The view is made from it, so
 * what it says is what a query sees as soon as the view was replaced.
 */
export const tableState = z.object({
  version: z.literal(1),
  family: z.string(),
  container: z.string(),
  table: z.string(),
  /** Of the next generation; numbers are never used twice in a table. */
  nextGeneration: z.int().check(z.positive()),
  /** By day, ascending: the one generation that is read of it. */
  live: z.array(
    z.object({
      /** `2026-11-20`. */
      day: z.string(),
      generation: z.int(),
      /** Raw bytes that went into it, and bytes of the Parquet. */
      rawBytes: z.int(),
      bytes: z.int(),
    }),
  ),
  /**
   * Generations whose list of raw keys (`keysKey`) holds objects that may still be there: the view leaves those out. Its raw
   * objects go when `removeAfter` has come.
   */
  listed: z.array(leaving),
  /** Generations that another one has replaced, and whose Parquet is still there. */
  replaced: z.array(leaving),
  /** Generations whose raw objects are gone: the view needs their lists no more, which go next. */
  unlisted: z._default(z.array(leaving), []),
  /**
   * Generations that were begun and are not read: not yet, or never. One that is `givenUp` is never switched to, and what
   * it left is removed.
   */
  attempts: z._default(
    z.array(
      z.object({
        day: z.string(),
        generation: z.int(),
        startedAt: z.string(),
        /** The live generation that it is made from, beside raw objects. */
        base: z.optional(z.int()),
        keys: z.int(),
        rawBytes: z.int(),
        givenUp: z.optional(z.literal(true)),
      }),
    ),
    [],
  ),
});

export type TableState = z.infer<typeof tableState>;

export const tableStatesPrefix = 'state/logs/tables/';

export const tableStateKey = (table: string): string => `${tableStatesPrefix}${table}.json`;

/** The table that a key of `tableStateKey` is about. */
export const tableOfState = (key: string): string => key.slice(tableStatesPrefix.length, -'.json'.length);

export const newTableState = (table: string, family: string, container: string): TableState => ({
  version: 1,
  family,
  container,
  table,
  nextGeneration: 1,
  live: [],
  listed: [],
  replaced: [],
  unlisted: [],
  attempts: [],
});

/** The catalog's table of raw keys that are in a generation: lines `{"key": "logs/…"}`, partitions `table_name`, `generation`. */
export const logKeysTable = 'log_keys_raw';

export const logKeysRoot = 'tables/log_keys/';

/** `tables/log_keys/table=shop_app/generation=000007/`. */
export const keysPrefix = (table: string, generation: number): string =>
  `${logKeysRoot}table=${table}/generation=${String(generation).padStart(6, '0')}/`;

export const keysKey = (table: string, generation: number): string =>
  `${keysPrefix(table, generation)}keys.json.gz`;
