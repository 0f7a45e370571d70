import { foreverDays } from '../../logs/catalog/table-settings.ts';
import type { LogTableEntry } from '../../platform/ports/logs-api.ts';
import { alignRows, type Cell, left, right } from './layout-text.ts';
import { type Layout, palette } from './palette.ts';

/** A table of the tables of logs, in the order given. */
export const renderLogTables = (
  tables: readonly LogTableEntry[],
  { colour }: Pick<Layout, 'colour'>,
): string => {
  const paint = palette(colour);
  const titles: readonly Cell[] = [
    left('logs of', paint.faint),
    left('table', paint.faint),
    left('partitions', paint.faint),
    right('kept', paint.faint),
    right('days in Parquet', paint.faint),
  ];
  const rows = tables.map(({ family, container, table, mode, retentionDays, compactedDays }) => [
    left(`${family}/${container}`),
    left(table),
    left(mode),
    right(retentionDays < foreverDays ? `${retentionDays} days` : 'for ever'),
    right(String(compactedDays)),
  ]);
  return alignRows([titles, ...rows]).join('\n');
};
