import { QueryInvalidError } from '../../errors.ts';

export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign';
  /** A word in lower case, a name or a text without its quotes, a sign or a number as it is. */
  readonly text: string;
  /** In the SQL, from 0. */
  readonly at: number;
}

/** One rule for each kind of token, tried in this order at each place; sticky. */
const rules = [
  { kind: 'space', pattern: /[ \t\r\n]+/y },
  { kind: 'space', pattern: /--[^\r\n]*/y },
  { kind: 'comment', pattern: /\/\*[\s\S]*?\*\//y },
  { kind: 'text', pattern: /'(?:[^']|'')*'/y },
  { kind: 'name', pattern: /"(?:[^"]|"")*"/y },
  { kind: 'number', pattern: /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y },
  { kind: 'word', pattern: /[A-Za-z_][A-Za-z0-9_]*/y },
  { kind: 'sign', pattern: /->|=>|<>|!=|<=|>=|\|\||\/(?!\*)|[-+*%(),.;=<>[\]?:]/y },
] as const;

/**
 * The tokens of a SQL text by the lexical rules that Trino and DuckDB share, without comments. What they read differently is
 * refused, so that nothing that is a text to the one is a command to the other: backquotes, `$$` texts, texts with a prefix
 * (`E'…'`, `U&'…'`), comments in comments, `::`, and any space or letter outside of ASCII that isn't quoted. Throws
 * `QueryInvalid` with line and column.
 */
export const sqlTokens = (sql: string): readonly SqlToken[] => {
  const tokens: SqlToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const found = match(sql, at);
    if (found === undefined) throw refused(sql, at, describe(sql, at));
    const { kind, raw } = found;
    if (kind === 'comment' && raw.indexOf('/*', 2) >= 0) throw refused(sql, at, 'has a comment in a comment');
    if (kind !== 'space' && kind !== 'comment') {
      checkNeighbour(sql, tokens.at(-1), at, raw);
      tokens.push({ kind, text: textOf(kind, raw), at });
    }
    at += raw.length;
  }
  return tokens;
};

/** `line 2, column 7`. */
export const placeIn = (sql: string, at: number): string => {
  const before = sql.slice(0, at).split(/\r\n|\r|\n/);
  return `line ${before.length}, column ${[...(before.at(-1) ?? '')].length + 1}`;
};

export const refused = (sql: string, at: number, what: string): QueryInvalidError =>
  new QueryInvalidError(`the SQL ${what} (${placeIn(sql, at)})`);

type Rule = (typeof rules)[number];

const match = (
  sql: string,
  at: number,
): { readonly kind: Rule['kind']; readonly raw: string } | undefined => {
  for (const { kind, pattern } of rules) {
    pattern.lastIndex = at;
    const [raw] = pattern.exec(sql) ?? [];
    if (raw !== undefined) return { kind, raw };
  }
  return undefined;
};

const textOf = (kind: SqlToken['kind'], raw: string): string => {
  if (kind === 'word') return raw.toLowerCase();
  if (kind === 'text') return raw.slice(1, -1).replaceAll("''", "'");
  return kind === 'name' ? raw.slice(1, -1).replaceAll('""', '"') : raw;
};

/** What touches: `E'…'` and `1abc` are read in two ways, `::` by DuckDB alone. */
const checkNeighbour = (sql: string, last: SqlToken | undefined, at: number, raw: string): void => {
  const touched = /[A-Za-z0-9_&]/.test(sql[at - 1] ?? '');
  const isQuoted = raw.startsWith("'") || raw.startsWith('"');
  if (touched && isQuoted)
    throw refused(sql, at, 'has a quote right after a letter or digit: put a space between them');
  if (touched && last?.kind === 'number' && /^[A-Za-z_]/.test(raw))
    throw refused(sql, last.at, 'has a name that begins with a digit: put it in double quotes');
  if (raw === ':' && sql[at - 1] === ':')
    throw refused(sql, at - 1, 'has ::, which Athena does not know: write CAST(… AS …)');
};

const describe = (sql: string, at: number): string => {
  const rest = sql.slice(at);
  if (rest.startsWith("'")) return "has a text that is not closed: a ' is missing";
  if (rest.startsWith('"')) return 'has a name that is not closed: a " is missing';
  if (rest.startsWith('/*')) return 'has a comment that is not closed: */ is missing';
  if (rest.startsWith('`')) return 'has a backquote: names are quoted with "';
  const [character = ''] = rest;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const shown = /[\p{C}\p{Z}]/u.test(character) ? `the character U+${code}` : character;
  return `has ${shown}, which may only be in quotes`;
};
