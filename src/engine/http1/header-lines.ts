import { carriageReturn, colon, isBlank } from './byte-classes.ts';

/** Calls back with where each header line's name begins, its colon is and its value ends, in a head that is well formed. */
const forEachLine = (
  head: Buffer,
  length: number,
  onLine: (nameAt: number, colonAt: number, end: number) => void,
): void => {
  let at = head.indexOf(carriageReturn) + 2;
  while (at < length && head[at] !== carriageReturn) {
    const colonAt = head.indexOf(colon, at);
    const end = head.indexOf(carriageReturn, colonAt);
    onLine(at, colonAt, end);
    at = end + 2;
  }
};

/** The values of a header's lines, in order, each byte a character. `name` in lower case. */
export const parseHeaderValues = (head: Buffer, length: number, name: string): readonly string[] => {
  const values: string[] = [];
  forEachLine(head, length, (nameAt, colonAt, end) => {
    const isNamed = colonAt - nameAt === name.length && nameBetween(head, nameAt, colonAt) === name;
    if (isNamed) values.push(valueBetween(head, colonAt + 1, end));
  });
  return values;
};

/** Names, in lower case, and values of all lines, in order, each byte a character. */
export const parseHeaderLines = (
  head: Buffer,
  length: number,
): readonly (readonly [name: string, value: string])[] => {
  const lines: (readonly [string, string])[] = [];
  forEachLine(head, length, (nameAt, colonAt, end) => {
    lines.push([nameBetween(head, nameAt, colonAt), valueBetween(head, colonAt + 1, end)]);
  });
  return lines;
};

const nameBetween = (head: Buffer, from: number, to: number): string =>
  head.toString('latin1', from, to).toLowerCase();

const valueBetween = (head: Buffer, from: number, to: number): string => {
  let start = from;
  let end = to;
  while (start < end && isBlank(head[start])) start++;
  while (end > start && isBlank(head[end - 1])) end--;
  return head.toString('latin1', start, end);
};
