import type { DocumentProblem } from '../../document/document-problem.ts';
import type { LoadTrace } from './load-trace.ts';

export type ParsedTrace =
  | { readonly kind: 'trace'; readonly trace: LoadTrace }
  /** At least one, in the order of the file. */
  | { readonly kind: 'problems'; readonly problems: readonly DocumentProblem[] };

interface Line {
  readonly number: number;
  readonly text: string;
  readonly cells: readonly { readonly text: string; readonly column: number }[];
}

/** A week. */
const longestSeconds = 604_800;
const mostProblems = 100;
const headerWanted =
  'a header: "second,rps" or "time,rps"; instead of rps, the names of services, one a column';

/** Numbers and times have no commas, so that there is nothing in quotes to look after. */
const readLines = (text: string): readonly Line[] =>
  text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((raw, index) => {
      const line = raw.replace(/\r$/, '');
      let column = 1;
      const cells = line.split(',').map((cell) => {
        const read = { text: cell.trim().replace(/^"(.*)"$/, '$1'), column };
        column += cell.length + 1;
        return read;
      });
      return { number: index + 1, text: line, cells };
    })
    .filter(({ text: line }) => line.trim() !== '' && !line.startsWith('#'));

/** ISO 8601 with a zone, so that it means the same everywhere. */
const isoTime = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

interface Reader {
  readonly problems: DocumentProblem[];
  refuse(line: Line, cell: number, expected: string): void;
}

const readerOf = (file: string): Reader => {
  const problems: DocumentProblem[] = [];
  return {
    problems,
    refuse(line, cell, expected) {
      const { text = '', column = line.text.length + 1 } = line.cells[cell] ?? {};
      const value = text === '' ? '' : JSON.stringify(text.slice(0, 60));
      const place = { line: line.number, column, sourceLine: line.text.slice(0, 5000) };
      if (problems.length < mostProblems)
        problems.push({ code: 'invalid', file, ...place, path: '', value, expected });
    },
  };
};

const readHeader = (line: Line, { refuse }: Reader): readonly string[] => {
  const [clock, ...columns] = line.cells;
  if (clock?.text !== 'second' && clock?.text !== 'time') refuse(line, 0, headerWanted);
  else if (columns.length === 0) refuse(line, 1, headerWanted);
  const names = columns.map(({ text }) => text);
  for (const [index, name] of names.entries()) {
    if (name === '') refuse(line, index + 1, 'the name of a service, or rps');
    else if (names.indexOf(name) !== index) refuse(line, index + 1, 'each column once');
    else if (name === 'rps' && names.length > 1)
      refuse(line, index + 1, 'either rps alone, or services by their names');
  }
  return names;
};

const readInstant = (line: Line, isTime: boolean, { refuse }: Reader): number | undefined => {
  const text = line.cells[0]?.text ?? '';
  if (isTime) {
    if (isoTime.test(text) && !Number.isNaN(Date.parse(text))) return Date.parse(text) / 1000;
    refuse(line, 0, 'a time in ISO 8601 with its zone, such as 2026-01-31T10:20:30Z');
    return undefined;
  }
  if (/^\d+$/.test(text)) return Number(text);
  refuse(line, 0, 'a whole number of seconds from the start');
  return undefined;
};

const readRates = (line: Line, columns: number, { refuse }: Reader): readonly number[] | undefined => {
  const cells = line.cells.slice(1);
  if (cells.length !== columns) {
    // The first that is too much, or the end of the line.
    refuse(line, Math.min(line.cells.length, columns + 1), `${columns + 1} columns, as the header has`);
    return undefined;
  }
  const rates = cells.map(({ text }) =>
    /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN,
  );
  const wrong = rates.findIndex((rate) => !(rate <= 1e9));
  if (wrong < 0) return rates;
  refuse(line, wrong + 1, 'requests a second, from 0 to 1000000000');
  return undefined;
};

/** Each value holds from its row's second until the next row. */
const stepLoad = (seconds: readonly number[], rates: Float64Array): ((second: number) => number) => {
  const bySecond = new Float64Array((seconds.at(-1) ?? 0) + 1);
  let row = 0;
  for (let second = 0; second < bySecond.length; second++) {
    while ((seconds[row + 1] ?? Number.POSITIVE_INFINITY) <= second) row++;
    bySecond[second] = rates[row] ?? 0;
  }
  const last = bySecond.length - 1;
  return (second) => bySecond[Math.min(second, last)] ?? 0;
};

/**
 * Reads CSV with a header: `second` (from the start) or `time` (ISO 8601), then `rps` or a column for each service, in
 * requests a second. Lines that begin with # are passed over. Everything that is wrong is reported together.
 */
export const parseTrace = (text: string, { file }: { readonly file: string }): ParsedTrace => {
  const reader = readerOf(file);
  const [header, ...lines] = readLines(text);
  const nowhere: Line = { number: 1, text: '', cells: [] };
  const names = readHeader(header ?? nowhere, reader);
  if (reader.problems.length > 0) return { kind: 'problems', problems: reader.problems };
  const isTime = header?.cells[0]?.text === 'time';
  const instants: number[] = [];
  const rows: (readonly number[])[] = [];
  for (const line of lines) {
    const instant = readInstant(line, isTime, reader);
    const rates = readRates(line, names.length, reader);
    if (instant === undefined || rates === undefined) continue;
    const before = instants.at(-1);
    if (before !== undefined && instant <= before)
      reader.refuse(line, 0, 'a later time than in the row before');
    else if (instant - (isTime ? (instants[0] ?? instant) : 0) > longestSeconds)
      reader.refuse(line, 0, 'a week (604800 seconds) from the start at the longest');
    else {
      instants.push(instant);
      rows.push(rates);
    }
  }
  if (lines.length === 0)
    reader.refuse(header ?? nowhere, names.length + 1, 'rows with load after the header');
  if (reader.problems.length > 0) return { kind: 'problems', problems: reader.problems };
  const first = instants[0] ?? 0;
  const seconds = instants.map((instant) => Math.floor(isTime ? instant - first : instant));
  const loads = Object.fromEntries(
    names.map((name, column) => [
      name === 'rps' ? '' : name,
      stepLoad(
        seconds,
        Float64Array.from(rows, (rates) => rates[column] ?? 0),
      ),
    ]),
  );
  const trace = {
    name: file,
    seconds: (seconds.at(-1) ?? 0) + 1,
    startMillis: isTime ? Math.floor(first) * 1000 : null,
    loads,
  };
  return { kind: 'trace', trace };
};
