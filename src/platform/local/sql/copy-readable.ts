import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gunzip, type Zlib } from 'node:zlib';

/** Of one file, uncompressed: it is held in memory. */
const mostBytes = 256 * 1024 * 1024;

export type ReadableCopy =
  | { readonly kind: 'copied'; readonly copy: string }
  /** DuckDB reads the file itself. */
  | { readonly kind: 'needless' }
  /** Its gzip is damaged, or has something else behind it, or holds too much. */
  | { readonly kind: 'broken' };

/**
 * DuckDB reads no text that isn't UTF-8, such as a line that was cut within a letter, and no gzip that was filled up with
 * zeros. Writes a copy of such a file as text, as far as its gzip goes, with U+FFFD for what isn't UTF-8.
 */
export const copyReadable = async (path: string, folder: string): Promise<ReadableCopy> => {
  const body = await readFile(path);
  const inflated = await inflate(body).catch(() => undefined);
  if (inflated === undefined) return { kind: 'broken' };
  const { text, readBytes } = inflated;
  if (readBytes === body.length && isUtf8(text)) return { kind: 'needless' };
  await mkdir(folder, { recursive: true });
  const copy = join(folder, `${randomUUID()}.txt`);
  await writeFile(copy, new TextDecoder().decode(text));
  return { kind: 'copied', copy };
};

const inflate = (body: Uint8Array): Promise<{ readonly text: Uint8Array; readonly readBytes: number }> =>
  new Promise((resolve, reject) => {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: mostBytes, info: true };
    gunzip(body, options, (error, result: unknown) => {
      if (error !== null) return reject(error);
      // What `info` gives; its type says otherwise.
      const { buffer, engine } = result as { readonly buffer: Uint8Array; readonly engine: Zlib };
      resolve({ text: buffer, readBytes: engine.bytesWritten });
    });
  });
