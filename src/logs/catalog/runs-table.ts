import { plainColumn, type SystemTable, yearColumn } from './system-table.ts';

/** A row for each run that has ended: src/run/run-row.ts. */
export const runsTable: SystemTable = {
  name: 'runs',
  prefix: 'tables/runs/',
  partitionColumns: [yearColumn],
  columns: [
    plainColumn('run_id', 'string'),
    plainColumn('plan', 'string'),
    plainColumn('target', 'string'),
    plainColumn('outcome', 'string'),
    plainColumn('started_at', 'timestamp'),
    plainColumn('ended_at', 'timestamp'),
    plainColumn('duration_seconds', 'double'),
    plainColumn('scheduled', 'bigint'),
    plainColumn('completed', 'bigint'),
    plainColumn('failed', 'bigint'),
    plainColumn('dropped', 'bigint'),
    plainColumn('missed', 'bigint'),
    plainColumn('offered_rate', 'double'),
    plainColumn('achieved_rate', 'double'),
    plainColumn('response_p50_millis', 'double'),
    plainColumn('response_p95_millis', 'double'),
    plainColumn('response_p99_millis', 'double'),
    plainColumn('workers', 'int'),
    plainColumn('cost_usd', 'double'),
  ],
};
