import { readBrokenGzip } from './read-broken-gzip.ts';

export interface SalvagedLines {
  /** Ends with a newline. */
  readonly text: string;
  readonly lines: number;
}

/**
 * Pure: the whole lines of a broken log object, then what there is of the one at which it breaks off. Of what never was gzip
 * its lines, if it is text; of what isn't either, a line that says so. What isn't a record becomes a malformed row.
 */
export const salvageLines = (
  body: Uint8Array,
  mostBytes: number,
  { key, kept }: { readonly key: string; readonly kept: string },
): SalvagedLines => {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  const found = isGzip ? new TextDecoder().decode(readBrokenGzip(body, mostBytes)) : textOf(body);
  const text =
    found === ''
      ? `Nothing of ${key} could be read. It is kept as ${kept}.\n`
      : `${found.replace(/\n$/, '')}\n`;
  return { text, lines: text.split('\n').length - 1 };
};

/** Empty for what is no text. */
const textOf = (body: Uint8Array): string => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    return text.includes('\0') ? '' : text;
  } catch {
    return '';
  }
};
