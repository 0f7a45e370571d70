import { dayColumns, plainColumn, type SystemTable } from './system-table.ts';

/** A row for each decision of scaling that is written down: src/scaling/decisions/decision-row.ts. */
export const decisionsTable: SystemTable = {
  name: 'decisions',
  prefix: 'tables/decisions/',
  partitionColumns: dayColumns,
  columns: [
    { name: 'time', type: 'timestamp', path: '$.at' },
    plainColumn('at', 'string'),
    plainColumn('cluster', 'string'),
    plainColumn('tick', 'string'),
    plainColumn('subject', 'string'),
    plainColumn('outcome', 'string'),
    plainColumn('reason', 'string'),
    plainColumn('from', 'double'),
    plainColumn('to', 'double'),
    plainColumn('sentence', 'string'),
    plainColumn('figures', 'string'),
    { name: 'carriedout', type: 'string', path: '$.carriedOut' },
    plainColumn('policy', 'string'),
  ],
};
