import { eachOf } from '../../calls/paced-call.ts';
import { containerText } from '../layout/container-name.ts';
import type { CatalogWork, SurveyedTable } from './catalog-work.ts';
import { inTries } from './in-tries.ts';
import { updateLogTable } from './update-log-table.ts';

const tablesAtOnce = 8;

/**
 * Works on tables in their order, some at once, until there is no more time. A table that fails is told as a problem and
 * stops no other. Returns the last table up to which all are done; undefined when not even the first is.
 */
export const updateTables = async (
  work: CatalogWork,
  tables: readonly SurveyedTable[],
): Promise<{ readonly isDone: boolean; readonly last: string | undefined }> => {
  const undone = new Set(tables);
  await eachOf(tables, tablesAtOnce, async (table) => {
    // The first ones are worked on however late it is, so that each update comes further than the one before.
    if (work.ports.time.nowMillis() >= work.deadlineMillis && undone.size < tables.length) return;
    if ((await updateInTries(work, table)) === 'done') undone.delete(table);
  });
  const [first] = undone;
  if (first === undefined) return { isDone: true, last: tables.at(-1)?.table };
  return { isDone: false, last: tables[tables.indexOf(first) - 1]?.table };
};

const updateInTries = async (work: CatalogWork, table: SurveyedTable): Promise<'done' | 'unfinished'> => {
  const outcome = await inTries(work, `${table.table} (${containerText(table.name)})`, () =>
    updateLogTable(work, table),
  );
  if (outcome === 'done') work.tally.add('tables');
  return outcome ?? 'done';
};
