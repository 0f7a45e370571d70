import {
  PlanCompaction,
  PrepareDay,
  RemoveOld,
  SwitchDay,
} from '../../src/logs/compaction/compaction-states.ts';
import type { CompactionPlan } from '../../src/logs/compaction/plan-compaction.ts';
import type { PreparedDay } from '../../src/logs/compaction/prepare-day.ts';
import type { LogsWorld } from './logs-world.ts';

/**
 * Every closed day becomes Parquet, by the states of compact-logs.asl.yml in their order, and a day later the raw objects go.
 * Returns the number of days.
 */
export const compactAll = async ({ ports, sql }: LogsWorld): Promise<number> => {
  let plan: CompactionPlan = { days: [], more: true, after: '' };
  let days = 0;
  while (plan.more) {
    plan = (await PlanCompaction(ports, { after: plan.after })) as CompactionPlan;
    for (const day of plan.days) {
      const prepared = (await PrepareDay(ports, day)) as PreparedDay;
      if (prepared.kind === 'nothing') continue;
      await sql.unload(prepared.sql);
      await SwitchDay(ports, { ...day, generation: prepared.generation });
      days += 1;
    }
  }
  return days;
};

export const removeOld = async ({ ports }: LogsWorld): Promise<void> => {
  let removed = { done: false, after: '', failed: 0 };
  while (!removed.done) removed = (await RemoveOld(ports, { after: removed.after })) as typeof removed;
  if (removed.failed > 0) throw new Error(`${removed.failed} tables could not be cleaned up`);
};
