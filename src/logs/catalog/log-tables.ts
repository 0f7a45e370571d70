import type { CatalogEntry, LogCatalog } from '../../platform/ports/log-catalog.ts';
import type { LogTableEntry } from '../../platform/ports/logs-api.ts';
import { entryParameters } from './table-definitions.ts';
import { tableOfEntry } from './table-of-entry.ts';

/** Whose table, and what its view is called. */
export type LogTable = Pick<LogTableEntry, 'table' | 'family' | 'container'>;

/** The log tables that can be asked, which have their view; by family and container. */
export const readLogTables = async (
  catalog: Pick<LogCatalog, 'entries'>,
): Promise<readonly LogTableEntry[]> => {
  const tables: LogTableEntry[] = [];
  for await (const entry of catalog.entries()) {
    const table = logTableOf(entry);
    if (table !== undefined) tables.push(table);
  }
  return tables.sort((a, b) => compare(a.family, b.family) || compare(a.container, b.container));
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const logTableOf = (entry: CatalogEntry): LogTableEntry | undefined => {
  const { kind, parameters } = entry;
  if (kind !== 'view' || parameters[entryParameters.kind] !== 'logs') return undefined;
  const found = tableOfEntry(entry);
  return (
    found && {
      table: found.table,
      ...found.name,
      mode: parameters[entryParameters.mode] === 'projection' ? 'projection' : 'registered',
      retentionDays: wholeNumber(parameters[entryParameters.retentionDays]),
      compactedDays: wholeNumber(parameters[entryParameters.compactedDays]),
    }
  );
};

const wholeNumber = (text: string | undefined): number => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : 0);
