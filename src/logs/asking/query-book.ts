import * as z from 'zod/mini';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson, writeJson } from '../../store/stored-json.ts';

const startedQuery = z.object({
  version: z.literal(1),
  sql: z.string(),
  parameters: z.array(z.union([z.string(), z.number(), z.boolean()])),
  reuseMinutes: z.number(),
  maxScanBytes: z.nullable(z.number()),
  /** The engine's id of the newest attempt; attempts count from 1. */
  engineId: z.string(),
  attempt: z.int(),
});

/** A query that was started, with all that is needed to judge it and to start it again. */
export type BookedQuery = z.infer<typeof startedQuery>;

/** Queries by our own id, so that an engine's id that somebody else has tells nothing here. */
export interface QueryBook {
  put(queryId: string, query: BookedQuery): Promise<void>;
  get(queryId: string): Promise<BookedQuery | undefined>;
}

/** Where two requests are answered by two processes. A lifecycle rule removes old ones. */
export const storedQueriesPrefix = 'state/logs/queries/';

const keyOf = (queryId: string): string => `${storedQueriesPrefix}${queryId}.json`;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const storedQueryBook = (store: ObjectStore): QueryBook => ({
  put: async (queryId, query) => {
    await writeJson(store, keyOf(queryId), query);
  },
  get: async (queryId) =>
    idPattern.test(queryId) ? (await readJson(store, keyOf(queryId), startedQuery))?.value : undefined,
});

const mostRemembered = 10_000;

/** Where one process answers all of them. */
export const memoryQueryBook = (): QueryBook => {
  const queries = new Map<string, BookedQuery>();
  return {
    put(queryId, query) {
      queries.set(queryId, query);
      const [oldest] = queries.keys();
      if (queries.size > mostRemembered && oldest !== undefined) queries.delete(oldest);
      return Promise.resolve();
    },
    get: (queryId) => Promise.resolve(queries.get(queryId)),
  };
};
