import { QueryInvalidError } from '../../errors.ts';

/** More is no pattern that somebody wrote; and Athena takes 1,024 characters for a value with its quotes. */
export const longestPattern = 500;
/** RE2's. */
const mostRepeats = 1000;

const groups: readonly (readonly [string, string])[] = [
  ['(?=', 'look-ahead (?=…)'],
  ['(?!', 'look-ahead (?!…)'],
  ['(?<=', 'look-behind (?<=…)'],
  ['(?<!', 'look-behind (?<!…)'],
  ['(?>', 'an atomic group (?>…)'],
  ['(?<', 'a named group (?<…>…)'],
  ["(?'", 'a named group'],
  ['(?P', 'a named group (?P<…>…)'],
  ['(?#', 'a comment (?#…)'],
  ['(?(', 'a condition (?(…)…)'],
];
const allowedGroups = ['(?:', '(?i:'];
/** Unicode's general categories, which both engines know by these names. */
const category =
  /^\\[pP]\{(L|Lu|Ll|Lt|Lm|Lo|M|Mn|Mc|Me|N|Nd|Nl|No|P|Pc|Pd|Ps|Pe|Pi|Pf|Po|S|Sm|Sc|Sk|So|Z|Zs|Zl|Zp|C|Cc|Cf)\}/;
const bracketed = /^\[:\^?(alnum|alpha|blank|cntrl|digit|graph|lower|print|punct|space|upper|xdigit):\]/;
const repeat = /^(?:[*+?]|\{(\d{1,6})(?:,(\d{0,6}))?\})/;
const escapes = /^\\(?:[dDwWsStnrf]|x[0-9A-Fa-f]{2}|[!-/:-@[-^`{-~])/;

/**
 * Refuses a pattern outside of what Athena's engine (Joni) and this machine's (RE2) read alike: a question must not mean
 * something else on a stack. Throws `QueryInvalid` naming the construct and where it stands.
 */
export const checkRegex = (pattern: string): void => {
  if (pattern === '') throw refused(pattern, 0, 'is empty');
  if (pattern.length > longestPattern)
    throw new QueryInvalidError(
      `a regex may have ${longestPattern} characters; this one has ${pattern.length}`,
    );
  // A lone surrogate is no text, and could not be sent.
  if (/\p{Cs}|\0/u.test(pattern)) throw refused(pattern, 0, 'has a character that is none');
  let at = 0;
  let open = 0;
  let repeatable = false;
  while (at < pattern.length) {
    const rest = pattern.slice(at);
    // An option is no group: nothing can repeat it.
    if (rest.startsWith('(?i)')) {
      at += '(?i)'.length;
      repeatable = false;
      continue;
    }
    const token = tokenOf(pattern, at, rest);
    if (rest.startsWith('(')) open++;
    if (rest.startsWith(')')) open--;
    if (open < 0) throw refused(pattern, at, 'has a ) that closes nothing');
    if (token.kind === 'repeat' && !repeatable)
      throw refused(pattern, at, `has ${rest[0]} after nothing that it could repeat`);
    repeatable = token.kind === 'one';
    at += token.length;
  }
  if (open > 0) throw refused(pattern, pattern.lastIndexOf('('), 'has a ( that is not closed');
};

interface Token {
  /** `one` can be repeated; after a repeat only ? may come, which makes it lazy. */
  readonly kind: 'one' | 'repeat' | 'other';
  readonly length: number;
}

const tokenOf = (pattern: string, at: number, rest: string): Token => {
  const [first = ''] = rest;
  if (first === '\\')
    return { kind: /^\\[bBAz]/.test(rest) ? 'other' : 'one', length: escapeLength(pattern, at, rest, true) };
  if (first === '[') return { kind: 'one', length: classLength(pattern, at) };
  if (first === '(') return { kind: 'other', length: groupLength(pattern, at, rest) };
  if ('*+?{'.includes(first)) return { kind: 'repeat', length: repeatLength(pattern, at, rest) };
  if ('|^$'.includes(first)) return { kind: 'other', length: 1 };
  if (first === ']' || first === '}')
    throw refused(pattern, at, `has a ${first} of its own: write \\${first}`);
  return { kind: 'one', length: first.length };
};

const repeatLength = (pattern: string, at: number, rest: string): number => {
  const [text = '', least, most] = repeat.exec(rest) ?? [];
  if (text === '') throw refused(pattern, at, 'has a { that is no count: write {2}, {2,} or {2,5}, or \\{');
  if (Number(least ?? 0) > mostRepeats || Number(most ?? 0) > mostRepeats)
    throw refused(pattern, at, `repeats more often than ${mostRepeats} times`);
  if (most !== undefined && most !== '' && Number(most) < Number(least))
    throw refused(pattern, at, 'has a count whose end comes before its beginning');
  const after = rest.slice(text.length);
  if (after.startsWith('+'))
    throw refused(pattern, at, `has the possessive ${text}+, which only some engines know`);
  const length = text.length + (after.startsWith('?') ? 1 : 0);
  if (repeat.test(rest.slice(length)))
    throw refused(pattern, at, 'repeats what is repeated already: put it in (?:…)');
  return length;
};

const groupLength = (pattern: string, at: number, rest: string): number => {
  if (!rest.startsWith('(?')) return 1;
  const allowed = allowedGroups.find((group) => rest.startsWith(group));
  if (allowed !== undefined) return allowed.length;
  const [, name = 'a group that only some engines know'] =
    groups.find(([start]) => rest.startsWith(start)) ?? [];
  throw refused(pattern, at, `has ${name}`);
};

const escapeLength = (pattern: string, at: number, rest: string, outside: boolean): number => {
  if (/^\\[1-9]/.test(rest) || rest.startsWith('\\k')) throw refused(pattern, at, 'has a back-reference');
  const [text] = category.exec(rest) ?? escapes.exec(rest) ?? (outside ? /^\\[bBAz]/.exec(rest) : null) ?? [];
  if (text === undefined)
    throw refused(
      pattern,
      at,
      rest === '\\' ? 'ends with a backslash' : `has ${rest.slice(0, 2)}, which only some engines know`,
    );
  return text.length;
};

/** Of `[…]`. Sets in sets and && are Joni's alone, and so are ranges that begin or end with a class. */
const classLength = (pattern: string, start: number): number => {
  let at = start + (pattern.startsWith('[^', start) ? 2 : 1);
  if (pattern[at] === ']') throw refused(pattern, start, 'has a set that begins with ]: write \\]');
  while (pattern[at] !== ']') {
    const first = at;
    const from = memberAt(pattern, start, at);
    at += from.length;
    if (pattern[at] !== '-' || pattern[at + 1] === ']') continue;
    const to = memberAt(pattern, start, at + 1);
    at += 1 + to.length;
    if (from.character === undefined || to.character === undefined || from.character > to.character)
      throw refused(pattern, first, `has the range ${pattern.slice(first, at)}, which is none`);
  }
  return at + 1 - start;
};

/** A character of a set by its code point, or a class, which has none. */
const memberAt = (
  pattern: string,
  start: number,
  at: number,
): { readonly length: number; readonly character: number | undefined } => {
  const rest = pattern.slice(at);
  if (rest === '') throw refused(pattern, start, 'has a [ that is not closed');
  if (rest.startsWith('&&')) throw refused(pattern, at, 'has && in a set: write \\&\\&');
  if (rest.startsWith('[')) {
    const [named] = bracketed.exec(rest) ?? [];
    if (named === undefined) throw refused(pattern, at, 'has a [ in a set: write \\[');
    return { length: named.length, character: undefined };
  }
  if (!rest.startsWith('\\')) {
    const character = rest.codePointAt(0) ?? 0;
    return { length: String.fromCodePoint(character).length, character };
  }
  const length = escapeLength(pattern, at, rest, false);
  const isCharacter = /^\\[^dDwWsSpP]/.test(rest);
  return { length, character: isCharacter ? codeOf(rest.slice(1, length)) : undefined };
};

const control: Readonly<Record<string, number>> = { t: 9, n: 10, f: 12, r: 13 };

const codeOf = (escaped: string): number =>
  /^x[0-9A-Fa-f]{2}$/.test(escaped)
    ? Number.parseInt(escaped.slice(1), 16)
    : (control[escaped] ?? escaped.codePointAt(0) ?? 0);

const refused = (pattern: string, at: number, what: string): QueryInvalidError =>
  new QueryInvalidError(
    `the regex ${JSON.stringify(pattern)} ${what} (character ${at + 1}); only what Athena and this machine read alike can be asked for`,
  );
