import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

/** A way into a document: keys of mappings and indices of lists, from the outside in. */
export type DocumentPath = readonly (string | number)[];

export interface SourcePlace {
  readonly line: number;
  readonly column: number;
  readonly sourceLine: string;
}

/** A YAML (or JSON) text as plain data, and where each part of it was written. */
export interface DocumentSource {
  /** Undefined when the text isn't YAML. */
  readonly data: unknown;
  readonly problems: readonly (SourcePlace & { readonly expected: string })[];
  /** The value at the path, or the nearest thing around it that exists; `key` asks for its key instead. */
  placeOf(path: DocumentPath, of?: 'value' | 'key'): SourcePlace;
}

const longestText = 1_000_000;
const mostAliases = 100;
/** Each problem carries its line. A longer one was written by a program, and is shown to nobody. */
const longestSourceLine = 5000;
/** What follows the first few mistakes of syntax is usually their consequence. */
const mostSyntaxProblems = 5;

const wordings: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'spaces for indentation, as YAML allows no tabs there',
  MULTIPLE_DOCS: 'one YAML document, without a second one after ---',
  MISSING_CHAR: 'well-formed YAML: a closing quote, bracket, comma or colon is missing',
  BAD_INDENT: 'entries of one mapping or list at the same indentation',
  BLOCK_AS_IMPLICIT_KEY: 'one "key: value" on a line; put quotes around a text that has a colon in it',
  UNEXPECTED_TOKEN: 'well-formed YAML, with quotes around a text with {{variables}} or brackets in it',
  MULTILINE_IMPLICIT_KEY: 'a key on one line',
  RESOURCE_EXHAUSTION: 'less nesting',
};

const wordingOf = (error: YAMLError): string => wordings[error.code] ?? `well-formed YAML (${error.message})`;

/**
 * The parser builds a regular expression as long as the indentation, and runs out of memory on a very long one; so
 * such a line is refused before the text is parsed.
 */
const farIndented = /^[ \t?-]{500}/m;

const quotesNeeded = 'quotes around a text with {{variables}} or brackets in it';

/** Without quotes, YAML takes {{name}} for a mapping with a mapping as its key. */
const bracketedTexts = (
  document: Document,
): readonly { readonly at: number; readonly expected: string }[] => {
  const found: { readonly at: number; readonly expected: string }[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isCollection(key)) found.push({ at: nodeStart(key) ?? 0, expected: quotesNeeded });
    },
  });
  return found;
};

/** The parser's own check compares every key with every other: with some 50,000 keys that takes a minute. */
const repeatedKeys = (document: Document): readonly { readonly at: number; readonly expected: string }[] => {
  const found: { readonly at: number; readonly expected: string }[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value))
          found.push({ at: nodeStart(key) ?? 0, expected: 'each key once in a mapping' });
        seen.add(key.value);
      }
    },
  });
  return found;
};

const nodeStart = (node: unknown): number | undefined => {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range?.[0];
};

const offsetOf = (document: Document, path: DocumentPath, of: 'value' | 'key'): number => {
  let node: unknown = document.contents;
  let offset = nodeStart(node) ?? 0;
  for (const [depth, segment] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(segment));
      if (pair === undefined) return offset;
      const wantsKey = of === 'key' && depth === path.length - 1;
      node = pair.value;
      offset = (wantsKey ? undefined : nodeStart(node)) ?? nodeStart(pair.key) ?? offset;
    } else if (isSeq(node) && typeof segment === 'number' && segment < node.items.length) {
      node = node.items[segment];
      offset = nodeStart(node) ?? offset;
    } else return offset;
  }
  return offset;
};

/** Never throws: what can't be read is among `problems`. */
export const readDocumentSource = (text: string): DocumentSource => {
  const lines = text.split('\n');
  const counter = new LineCounter();
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = counter.linePos(Math.min(offset, text.length));
    const written = (lines[line - 1] ?? '').replace(/\r$/, '');
    const sourceLine = written.length > longestSourceLine ? '' : written;
    return { line: Math.max(1, line), column: Math.max(1, col), sourceLine };
  };
  const unreadable = (expected: string): DocumentSource => {
    const place = { line: 1, column: 1, sourceLine: '' };
    return { data: undefined, problems: [{ ...place, expected }], placeOf: () => place };
  };
  if (text.length > longestText) return unreadable(`a document of at most ${longestText} characters`);
  if (text.includes('\0')) return unreadable('YAML text, not a binary file');
  if (farIndented.test(text)) return unreadable('lines indented by less than 500 columns');

  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    logLevel: 'error',
    uniqueKeys: false,
  });
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) => ({
      at: error.pos[0],
      expected: wordingOf(error),
    })),
    ...repeatedKeys(document),
    ...bracketedTexts(document),
  ]
    .map(({ at, expected }) => ({ ...placeAt(at), expected }))
    .filter((problem, index, all) => all.findIndex((other) => other.line === problem.line) === index)
    .slice(0, mostSyntaxProblems);
  let data: unknown;
  if (problems.length === 0) {
    try {
      data = document.toJS({ maxAliasCount: mostAliases });
      JSON.stringify(data);
    } catch (error) {
      // Too many aliases, one without its anchor, or one inside its own anchor, which makes a circle.
      const reason = error instanceof ReferenceError ? error.message : 'an anchor contains itself';
      const first = Math.max(0, text.search(/(^|[\s,[{])\*/));
      problems.push({ ...placeAt(first), expected: `aliases that can be resolved (${reason})` });
    }
  }
  return { data, problems, placeOf: (path, of = 'value') => placeAt(offsetOf(document, path, of)) };
};
