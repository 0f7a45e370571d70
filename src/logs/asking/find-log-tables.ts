import { isSign, isWord } from './check-select.ts';
import { type SelectBlock, selectBlocks, type TokenPlace } from './select-blocks.ts';
import type { SqlToken } from './sql-tokens.ts';

export interface MentionedTable {
  /** In lower case, as in the catalog. */
  readonly table: string;
  /** Whether something limits it by `year`, wherever it is read. */
  readonly isPruned: boolean;
}

/**
 * The tables of `known` that a SELECT reads, and whether each is limited by its days, told from the tokens alone.
 *
 * A table is read where its name follows FROM, JOIN, or a comma in a FROM. It is limited when the SELECT that it stands in,
 * or one that reads that, compares `year` with something; a table of a WITH also when a SELECT that is no member of the WITH does.
 * `l.year` counts for what is called l there, the table or the subquery. Engines push such predicates down. This helps
 * whoever asks, and guards nothing: `year > 0` is a comparison, too. What guards is the limit on what is scanned.
 */
export const findLogTables = (
  tokens: readonly SqlToken[],
  known: Iterable<string>,
): readonly MentionedTable[] => {
  const names = new Set([...known].map((name) => name.toLowerCase()));
  const { places, blocks } = selectBlocks(tokens);
  const outer = blocks.filter(({ isNamed }) => !isNamed);
  const isAnyLimited = outer.some(({ years }) => years.size > 0);
  const found = new Map<string, boolean>();
  tokens.forEach((token, at) => {
    if (token.kind !== 'word' && token.kind !== 'name') return;
    const table = token.text.toLowerCase();
    if (!names.has(table) || !isSource(tokens, places, at)) return;
    if (!isSign(tokens[at - 1], '.') && isShadowed(blocks, places[at]?.block, table, at)) return;
    const around = blocksAround(places[at]?.block);
    const isPruned =
      isLimited(tokens, around, aliasAt(tokens, at + 1) ?? table) ||
      (isAnyLimited && around.some(({ isNamed }) => isNamed));
    found.set(table, (found.get(table) ?? true) && isPruned);
  });
  return [...found].map(([table, isPruned]) => ({ table, isPruned }));
};

/** From the innermost one on, as far as what one reads is read by the next: a subquery in a WHERE is a question of its own. */
const blocksAround = (block: SelectBlock | undefined): readonly SelectBlock[] => {
  const around: SelectBlock[] = [];
  for (let each = block; each !== undefined; each = each.parent) {
    around.push(each);
    if (each.clause !== 'from') break;
  }
  return around;
};

/** Whether a member of a WITH that holds here has the name, so that no table is meant. */
const isShadowed = (
  blocks: readonly SelectBlock[],
  from: SelectBlock | undefined,
  name: string,
  at: number,
): boolean => {
  for (let each = from; each !== undefined; each = each.parent)
    if (blocks.some((block) => block.name === name && block.parent === each && block.to <= at)) return true;
  return false;
};

const isLimited = (tokens: readonly SqlToken[], around: readonly SelectBlock[], called: string): boolean =>
  around.some(({ years }, n) => {
    // What is read goes by its own name in its SELECT, and further out by that of the subquery that it is in.
    const inner = around[n - 1];
    const name = inner === undefined ? called : aliasAt(tokens, inner.to);
    return years.has('') || (name !== undefined && years.has(name));
  });

const isSource = (tokens: readonly SqlToken[], places: readonly TokenPlace[], at: number): boolean => {
  if (isSign(tokens[at + 1], '.') || isSign(tokens[at + 1], '(')) return false;
  let before = at - 1;
  // A schema and a catalog may stand before it, and parentheses around it.
  while (isSign(tokens[before], '.')) before -= 2;
  while (isSign(tokens[before], '(')) before--;
  if (isWord(tokens[before], 'from') || isWord(tokens[before], 'join')) return true;
  return isSign(tokens[before], ',') && places[before]?.clause === 'from';
};

const noAlias = new Set(
  (
    'where on group having order limit join inner left right full cross natural union intersect except using ' +
    'window offset fetch tablesample for'
  ).split(' '),
);

/** What a table or subquery is called: `shop_app AS l`, `shop_app l`. */
const aliasAt = (tokens: readonly SqlToken[], at: number): string | undefined => {
  const alias = tokens[isWord(tokens[at], 'as') ? at + 1 : at];
  if (alias?.kind === 'name') return alias.text.toLowerCase();
  return alias?.kind === 'word' && !noAlias.has(alias.text) ? alias.text : undefined;
};
