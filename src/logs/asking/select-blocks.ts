import { isSign, isWord } from './check-select.ts';
import type { SqlToken } from './sql-tokens.ts';

/** A SELECT of its own: the whole statement, or what stands in parentheses and begins with SELECT or WITH. */
export interface SelectBlock {
  /** Undefined of the statement itself. */
  readonly parent: SelectBlock | undefined;
  /** The clause of its parent that it stands in; empty for a member of a WITH. */
  readonly clause: string;
  /** A member of a WITH; `name` is what it is called there, in lower case. */
  readonly isNamed: boolean;
  readonly name: string | undefined;
  /** Index of the token behind its `)`. */
  to: number;
  /** What `year` is compared of in it: `l` for `l.year`, empty for `year` alone. */
  readonly years: Set<string>;
}

/** Where a token stands. */
export interface TokenPlace {
  readonly block: SelectBlock;
  /** The clause, by the last such word before it in its own parentheses; empty where there is none. */
  readonly clause: string;
}

const clauses = new Set(['select', 'from', 'where', 'on', 'group', 'having', 'order', 'limit', 'window']);

/** Where a comparison chooses no rows. */
const unlimited = new Set(['select', 'group', 'order', 'limit', 'window']);

/** The place of each token, in one pass. */
export const selectBlocks = (
  tokens: readonly SqlToken[],
): { readonly places: readonly TokenPlace[]; readonly blocks: readonly SelectBlock[] } => {
  const statement = blockIn(undefined, '', false, tokens.length);
  const blocks = [statement];
  const places: TokenPlace[] = [];
  const open: { readonly block: SelectBlock; clause: string }[] = [{ block: statement, clause: '' }];
  tokens.forEach((token, at) => {
    const inner = open.at(-1) ?? { block: statement, clause: '' };
    if (token.kind === 'word' && clauses.has(token.text)) inner.clause = token.text;
    places.push({ block: inner.block, clause: inner.clause });
    if (isSign(token, '(')) {
      const isSelect = isWord(tokens[at + 1], 'select') || isWord(tokens[at + 1], 'with');
      const block = isSelect
        ? blockIn(
            inner.block,
            inner.clause,
            isWord(tokens[at - 1], 'as'),
            tokens.length,
            nameBefore(tokens, at),
          )
        : inner.block;
      if (isSelect) blocks.push(block);
      open.push({ block, clause: '' });
    } else if (isSign(token, ')') && open.length > 1) {
      open.pop();
      if (open.at(-1)?.block !== inner.block) inner.block.to = at + 1;
    } else if (!unlimited.has(inner.clause) && isCompared(tokens, at))
      inner.block.years.add(qualifierAt(tokens, at) ?? '');
  });
  return { places, blocks };
};

const blockIn = (
  parent: SelectBlock | undefined,
  clause: string,
  isNamed: boolean,
  to: number,
  name?: string,
): SelectBlock => ({
  parent,
  clause,
  isNamed,
  name: isNamed ? name : undefined,
  to,
  years: new Set(),
});

/** `q` of `q AS (` and of `q (a, b) AS (`. */
const nameBefore = (tokens: readonly SqlToken[], at: number): string | undefined => {
  let name = at - 2;
  if (isSign(tokens[name], ')')) while (name > 0 && !isSign(tokens[name + 1], '(')) name--;
  return tokens[name]?.text.toLowerCase();
};

/** `l` of `l.year`. */
const qualifierAt = (tokens: readonly SqlToken[], at: number): string | undefined =>
  isSign(tokens[at - 1], '.') ? tokens[at - 2]?.text.toLowerCase() : undefined;

const comparisons = new Set(['=', '<', '>', '<=', '>=']);

/** Whether a token is a `year` with a comparison on one of its sides. */
const isCompared = (tokens: readonly SqlToken[], at: number): boolean => {
  const token = tokens[at];
  if (token?.kind !== 'word' && token?.kind !== 'name') return false;
  if (token.text.toLowerCase() !== 'year') return false;
  const next = tokens[at + 1];
  const last = tokens[qualifierAt(tokens, at) === undefined ? at - 1 : at - 3];
  if (isWord(next, 'in') || isWord(next, 'between')) return true;
  return [next, last].some((near) => near?.kind === 'sign' && comparisons.has(near.text));
};
