import { decisionsTable } from './decisions-table.ts';
import { runTimelineTable } from './run-timeline-table.ts';
import { runsTable } from './runs-table.ts';
import type { SystemTable } from './system-table.ts';

/** What is written by runs and by scaling, to be asked together with logs: they share the column `time` or have two of them. */
export const systemTables: readonly SystemTable[] = [runsTable, runTimelineTable, decisionsTable];
