import { promisify } from 'node:util';
import { gunzipSync, gzip, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { DocumentInvalidError } from '../errors.ts';
import { mergeDocument } from './merge-document.ts';
import { emptyTally, type Tally } from './tally.ts';
import { encodeTally, encodeTallyInTurns, tallyDocument } from './tally-document.ts';

const gzipAsync = promisify(gzip);

/**
 * What one worker measured between two cuts: `runs/<runId>/segments/<shard>/<attempt>/<seq>.json.gz`. A worker ships
 * its segments in order, 0, 1, 2 …, also empty ones: they are its sign of life.
 */
export interface Segment {
  readonly runId: string;
  readonly shard: number;
  readonly attempt: number;
  readonly seq: number;
  /** Nothing follows. */
  readonly final: boolean;
  /** Seconds since the run's start. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly tally: Tally;
}

const segmentDocument = z.object({
  version: z.literal(1),
  runId: z.string(),
  shard: z.int(),
  attempt: z.int(),
  seq: z.int(),
  final: z.boolean(),
  fromSeconds: z.number(),
  toSeconds: z.number(),
  tally: tallyDocument,
});

export const encodeSegment = (segment: Segment): Uint8Array =>
  gzipSync(JSON.stringify({ version: 1, ...segment, tally: encodeTally(segment.tally) }));

/** The same, without holding up an engine of this thread (`encodeTallyInTurns`). */
export const encodeSegmentInTurns = async (segment: Segment): Promise<Uint8Array> =>
  gzipAsync(JSON.stringify({ version: 1, ...segment, tally: await encodeTallyInTurns(segment.tally) }));

/** Throws `DocumentInvalid` with the key when the object isn't a segment of this version. */
export const decodeSegment = (body: Uint8Array, key: string): Segment => {
  const tally = emptyTally();
  return { ...mergeSegment(tally, body, key), tally };
};

/** Adds the segment's tally to one; nothing of it when it throws, which it does as `decodeSegment`. */
export const mergeSegment = (into: Tally, body: Uint8Array, key: string): Omit<Segment, 'tally'> => {
  const parsed = segmentDocument.safeParse(readJsonGzip(body, key));
  if (!parsed.success) {
    throw new DocumentInvalidError(`${key} is not a version 1 segment: ${z.prettifyError(parsed.error)}`);
  }
  const { version: _, tally, ...header } = parsed.data;
  mergeDocument(into, tally);
  return header;
};

const readJsonGzip = (body: Uint8Array, key: string): unknown => {
  try {
    return JSON.parse(gunzipSync(body).toString('utf8'));
  } catch (cause) {
    throw new DocumentInvalidError(`${key} is not gzip JSON: ${String(cause)}`, { cause });
  }
};
