import { latencyColumns, plainColumn, type SystemTable, yearColumn } from './system-table.ts';

/** A row for each second and step of a run: src/stats/timeline.ts. */
export const runTimelineTable: SystemTable = {
  name: 'run_timeline',
  prefix: 'tables/run_timeline/',
  partitionColumns: [yearColumn],
  columns: [
    plainColumn('run_id', 'string'),
    plainColumn('time', 'timestamp'),
    plainColumn('second', 'int'),
    plainColumn('step', 'string'),
    plainColumn('warmup', 'boolean'),
    plainColumn('scheduled', 'bigint'),
    plainColumn('arrived', 'bigint'),
    plainColumn('dropped', 'bigint'),
    plainColumn('missed', 'bigint'),
    plainColumn('started', 'bigint'),
    plainColumn('completed', 'bigint'),
    plainColumn('failed', 'bigint'),
    plainColumn('in_flight', 'bigint'),
    plainColumn('bytes_sent', 'bigint'),
    plainColumn('bytes_received', 'bigint'),
    ...latencyColumns('response_millis'),
    ...latencyColumns('service_millis'),
    plainColumn('shard_count', 'int'),
    plainColumn('rate_scale', 'double'),
    plainColumn('generator_cpu_fraction', 'double'),
    plainColumn('generator_loop_lag_millis', 'double'),
    plainColumn('host', 'string'),
    plainColumn('container', 'string'),
    plainColumn('app', 'string'),
  ],
};
