import { QueryInvalidError } from '../../errors.ts';
import { refused, type SqlToken, sqlTokens } from './sql-tokens.ts';

/** Athena's, in bytes of UTF-8. */
export const longestSql = 262_144;
/** Engines end in an overflow of their stacks somewhere above. */
const deepest = 200;

/**
 * Takes one SELECT, or one WITH that ends in a SELECT, and nothing else; a `;` at its end is fine. Returns its tokens, and
 * its text without that `;`. Throws `QueryInvalid`.
 */
export const checkSelect = (sql: string): { readonly sql: string; readonly tokens: readonly SqlToken[] } => {
  if (Buffer.byteLength(sql) > longestSql)
    throw new QueryInvalidError(
      `the SQL may have ${longestSql} bytes; this one has ${Buffer.byteLength(sql)}`,
    );
  const all = sqlTokens(sql);
  const end = all.findIndex(({ kind, text }) => kind === 'sign' && text === ';');
  const after = end < 0 ? undefined : all[end + 1];
  if (after !== undefined) throw refused(sql, after.at, 'has a second statement: ask one at a time');
  const tokens = end < 0 ? all : all.slice(0, end);
  const [first] = tokens;
  if (first === undefined) throw new QueryInvalidError('the SQL is empty: give one SELECT');
  if (!isWord(first, 'select') && !isWord(first, 'with'))
    throw refused(
      sql,
      first.at,
      `begins with ${wordOf(first)}: only a SELECT, or a WITH … SELECT, can be asked`,
    );
  checkParentheses(sql, tokens);
  for (const token of tokens)
    if (isSign(token, '?')) throw refused(sql, token.at, 'has a ?: write the value instead of it');
  if (isWord(first, 'with')) checkWith(sql, tokens);
  return { sql: end < 0 ? sql : sql.slice(0, all[end]?.at), tokens };
};

export const isSign = (token: SqlToken | undefined, text: string): boolean =>
  token?.kind === 'sign' && token.text === text;

export const isWord = (token: SqlToken | undefined, text: string): boolean =>
  token?.kind === 'word' && token.text === text;

const wordOf = ({ kind, text }: SqlToken): string => (kind === 'word' ? text.toUpperCase() : `"${text}"`);

const checkParentheses = (sql: string, tokens: readonly SqlToken[]): void => {
  const open: SqlToken[] = [];
  for (const token of tokens) {
    if (isSign(token, '(') && open.push(token) > deepest)
      throw refused(sql, token.at, `has more than ${deepest} parentheses in one another`);
    if (isSign(token, ')') && open.pop() === undefined)
      throw refused(sql, token.at, 'has a ) that closes nothing');
  }
  const left = open.at(-1);
  if (left !== undefined) throw refused(sql, left.at, 'has a ( that is not closed');
};

/** The index behind a group in parentheses that begins at `from`; `from` where none does. */
const behindGroup = (tokens: readonly SqlToken[], from: number): number => {
  if (!isSign(tokens[from], '(')) return from;
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (isSign(tokens[at], '(')) depth++;
    if (isSign(tokens[at], ')') && --depth === 0) return at + 1;
  }
  return tokens.length;
};

/** `WITH [RECURSIVE] name [(columns)] AS (…), … SELECT`: both engines take statements that write behind a WITH, too. */
const checkWith = (sql: string, tokens: readonly SqlToken[]): void => {
  let at = isWord(tokens[1], 'recursive') ? 2 : 1;
  for (;;) {
    const name = tokens[at];
    const from = behindGroup(tokens, at + 1);
    const isNamed = name?.kind === 'word' || name?.kind === 'name';
    if (!isNamed || !isWord(tokens[from], 'as') || !isSign(tokens[from + 1], '('))
      throw refused(sql, (name ?? tokens[0])?.at ?? 0, 'has a WITH that is not: WITH name AS (SELECT …)');
    at = behindGroup(tokens, from + 1);
    if (!isSign(tokens[at], ',')) break;
    at++;
  }
  const main = tokens[at];
  if (isWord(main, 'select')) return;
  throw refused(sql, main?.at ?? sql.length, 'has a WITH that no SELECT follows');
};
