import { createHash } from 'node:crypto';
import { type ContainerName, containerText } from './container-name.ts';

/**
 * Names that aren't to be had: those of the tables about runs, scaling and compaction. What is made of a name (see
 * `derivedNames`) isn't either.
 */
export const reservedTableNames: readonly string[] = ['runs', 'run_timeline', 'decisions', 'log_keys'];

/** Glue takes 255 characters; a folder's file names have to hold a name with its endings as well. */
const mostCharacters = 200;

/** What the catalog keeps for a container's logs: the view that everybody asks, and the tables beneath it. */
export const derivedNames = (table: string): readonly [string, string, string] => [
  table,
  `${table}_raw`,
  `${table}_compacted`,
];

/**
 * Pure: the table of each container, by `containerText`. `taken` holds every name that was handed out already, without the
 * `_raw` and `_compacted` ones made of it; undefined for what is there and no container's. Names that were handed out
 * stay. A new container gets `<family>_<container>` in lower case with `_` for `-`; where that is taken, by whatever, it
 * gets a hash of the true names behind it. Of several new ones the first in the order of their texts gets the plain name.
 */
export const planTableNames = (
  wanted: readonly ContainerName[],
  taken: ReadonlyMap<string, ContainerName | undefined>,
): ReadonlyMap<string, string> => {
  const used = new Set([...reservedTableNames, ...taken.keys()].flatMap(derivedNames));
  const handedOut = new Map<string, string>();
  for (const [table, name] of [...taken].sort(([a], [b]) => byText(a, b))) {
    if (name !== undefined && !handedOut.has(containerText(name))) handedOut.set(containerText(name), table);
  }
  const names = new Map<string, string>();
  for (const text of [...new Set(wanted.map(containerText))].sort(byText)) {
    const table = handedOut.get(text) ?? firstFree(text, used);
    for (const derived of derivedNames(table)) used.add(derived);
    names.set(text, table);
  }
  return names;
};

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const firstFree = (text: string, used: ReadonlySet<string>): string => {
  const plain = plainName(text);
  if (plain.length <= mostCharacters && isFree(plain, used)) return plain;
  for (let round = 0; ; round += 1) {
    const hash = createHash('sha256')
      .update(round === 0 ? text : `${text} ${round}`)
      .digest('hex')
      .slice(0, 8);
    const hashed = `${plain.slice(0, mostCharacters - hash.length - 1)}_${hash}`;
    if (isFree(hashed, used)) return hashed;
  }
};

const isFree = (table: string, used: ReadonlySet<string>): boolean =>
  derivedNames(table).every((derived) => !used.has(derived));

/** A name that begins with a digit would have to be quoted by everybody who asks for it. */
const plainName = (text: string): string => {
  const name = text.toLowerCase().replace(/[^a-z0-9]/g, '_');
  return /^\d/.test(name) ? `t_${name}` : name;
};
