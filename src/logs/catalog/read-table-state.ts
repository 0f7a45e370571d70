import { DocumentInvalidError } from '../../errors.ts';
import { readJson } from '../../store/stored-json.ts';
import { containerText } from '../layout/container-name.ts';
import type { CatalogWork, SurveyedTable } from './catalog-work.ts';
import { type TableState, tableState, tableStateKey } from './table-state.ts';

/** Nothing is read of a table that has none. Throws `DocumentInvalid` for one that is another container's. */
export const readTableState = async (
  { ports: { store }, survey: { states } }: CatalogWork,
  { table, name }: SurveyedTable,
): Promise<TableState | undefined> => {
  if (!states.has(table)) return undefined;
  const stored = await readJson(store, tableStateKey(table), tableState);
  if (stored === undefined) return undefined;
  const { value } = stored;
  if (containerText(value) === containerText(name)) return value;
  throw new DocumentInvalidError(
    `${tableStateKey(table)} is of ${containerText(value)}, and the catalog has ${containerText(name)} under that name`,
  );
};
