import { once } from 'node:events';
import { constants, createGunzip, gunzipSync } from 'node:zlib';

/** Whether gzip is read to its end, however much is in it, and nothing else stands behind it. */
export const isWholeGzip = async (body: Uint8Array): Promise<boolean> => {
  const gunzip = createGunzip();
  const ended = once(gunzip, 'end').then(
    () => gunzip.bytesWritten === body.length,
    () => false,
  );
  gunzip.resume();
  gunzip.end(body);
  return ended;
};

/** What gzip holds up to where it is cut off or damaged, at most `mostBytes`. Nothing of what isn't gzip. */
export const readBrokenGzip = (body: Uint8Array, mostBytes: number): Uint8Array => {
  // With the damage in sight, zlib keeps back what it has read right before it. So the longest beginning is looked for that
  // can be read: of one that can't, no longer one can.
  let best = gunzipBeginning(body, mostBytes);
  let readable = 0;
  let tooLong = best === undefined ? body.length : 0;
  while (tooLong - readable > 1) {
    const length = (readable + tooLong) >> 1;
    const bytes = gunzipBeginning(body.subarray(0, length), mostBytes);
    if (bytes === undefined) tooLong = length;
    else [readable, best] = [length, bytes];
  }
  return best ?? new Uint8Array();
};

const gunzipBeginning = (beginning: Uint8Array, mostBytes: number): Uint8Array | undefined => {
  try {
    return gunzipSync(beginning, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostBytes });
  } catch {
    return undefined;
  }
};
