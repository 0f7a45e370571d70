import { randomBytes } from 'node:crypto';
import type { PartialFields } from '../../logs/layout/encode-record.ts';

/** A line, or a piece of one that was too long, without its ending. What isn't UTF-8 has become U+FFFD. */
export interface CutLine {
  readonly text: string;
  readonly partial?: PartialFields;
}

export interface LineCutter {
  /** The lines that end in this chunk. */
  push(chunk: Buffer): readonly CutLine[];
  /** The last line, where it has no ending. */
  end(): readonly CutLine[];
}

const newline = 0x0a;

/** Lines of a stream of bytes; those of more than `mostBytes` in pieces, marked as Docker marks its own. */
export const lineCutter = (mostBytes: number): LineCutter => {
  let pending: Buffer = Buffer.alloc(0);
  let piece: { readonly id: string; readonly count: number } | undefined;

  const partialOf = (isLast: boolean): PartialFields => {
    piece = { id: piece?.id ?? randomBytes(32).toString('hex'), count: (piece?.count ?? 0) + 1 };
    return {
      partial_message: 'true',
      partial_id: piece.id,
      partial_ordinal: String(piece.count),
      partial_last: isLast ? 'true' : 'false',
    };
  };
  /** Pieces of the line that the bytes begin with, and what is left of it: no more than fits into one. */
  const cut = (bytes: Buffer): { readonly pieces: readonly CutLine[]; readonly rest: Buffer } => {
    const pieces: CutLine[] = [];
    let rest = bytes;
    while (rest.length > mostBytes) {
      const end = characterEnd(rest, mostBytes);
      pieces.push({ text: rest.toString('utf8', 0, end), partial: partialOf(false) });
      rest = rest.subarray(end);
    }
    return { pieces, rest };
  };
  const finish = (bytes: Buffer): readonly CutLine[] => {
    const { pieces, rest } = cut(bytes);
    const text = rest.toString('utf8');
    if (piece === undefined) return [{ text }];
    const last = { text, partial: partialOf(true) };
    piece = undefined;
    return [...pieces, last];
  };

  return {
    push(chunk) {
      const lines: CutLine[] = [];
      let from = 0;
      for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
        lines.push(...finish(Buffer.concat([pending, chunk.subarray(from, at)])));
        pending = Buffer.alloc(0);
        from = at + 1;
      }
      const { pieces, rest } = cut(Buffer.concat([pending, chunk.subarray(from)]));
      pending = rest;
      return [...lines, ...pieces];
    },
    end() {
      const lines = pending.length > 0 || piece !== undefined ? finish(pending) : [];
      pending = Buffer.alloc(0);
      return lines;
    },
  };
};

/** Not in the middle of a character: those of UTF-8 have up to three bytes of the form 10xxxxxx behind the first. */
const characterEnd = (bytes: Buffer, wanted: number): number => {
  for (let end = wanted; end > wanted - 4 && end > 0; end -= 1)
    if (((bytes[end] ?? 0) & 0xc0) !== 0x80) return end;
  return wanted;
};
