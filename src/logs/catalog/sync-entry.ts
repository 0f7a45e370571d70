import type { CatalogEntry, CatalogTable, LogCatalog } from '../../platform/ports/log-catalog.ts';
import type { CatalogWork } from './catalog-work.ts';

/**
 * Has the catalog hold an entry as it is defined; nothing is called when it does. False when the name is taken by what isn't
 * ours: it is told as a problem, and nothing may be done with it.
 */
export const syncEntry = async (work: CatalogWork, wanted: CatalogEntry): Promise<boolean> => {
  const { ports, survey, tally } = work;
  let existing = survey.entries.get(wanted.name);
  for (let tried = 1; tried <= 2; tried++) {
    if (existing !== undefined && isSameEntry(existing, wanted)) return true;
    if (existing !== undefined && (await ports.catalog.update(wanted)) === 'updated') {
      tally.add('replaced');
      return true;
    }
    if ((await ports.catalog.create(wanted)) === 'created') {
      tally.add(wanted.kind === 'table' ? 'tablesMade' : 'viewsMade');
      return true;
    }
    // Another update may have made it since the catalog was looked over.
    existing = await findEntry(ports.catalog, wanted.name);
    if (existing === undefined) break;
  }
  tally.problem(
    `${wanted.name}: the catalog has something of that name that isn't stormdrain's; remove or rename it there`,
  );
  return false;
};

const findEntry = async (
  catalog: Pick<LogCatalog, 'entries'>,
  name: string,
): Promise<CatalogEntry | undefined> => {
  for await (const entry of catalog.entries()) if (entry.name === name) return entry;
  return undefined;
};

/** As far as we define it: what a catalog adds of its own doesn't count. */
export const isSameEntry = (a: CatalogEntry, b: CatalogEntry): boolean =>
  JSON.stringify(definitionOf(a)) === JSON.stringify(definitionOf(b));

const definitionOf = (entry: CatalogEntry): unknown => [
  entry.kind,
  entry.columns.map(({ name, type }) => [name, type]),
  Object.entries(entry.parameters)
    .filter(([name]) => /^(stormdrain|projection|storage)\./.test(name))
    .sort(([one], [other]) => (one < other ? -1 : 1)),
  entry.kind === 'view' ? entry.sql : placeOf(entry),
];

const placeOf = ({ format, location, partitionColumns }: CatalogTable): unknown => [
  format,
  location,
  partitionColumns.map(({ name, type }) => [name, type]),
];
