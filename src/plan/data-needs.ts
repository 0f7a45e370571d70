import { arrivalSchedule } from './arrival-schedule.ts';
import { firstEpoch } from './epochs.ts';
import type { DataSource, Plan } from './plan.ts';
import { scenarioMix } from './scenario-mix.ts';

/** How many rows a scenario's data has, and how many its arrivals need. */
export interface DataNeed {
  /** Index into the plan's scenarios. */
  readonly scenario: number;
  readonly file: string;
  readonly use: DataSource['use'];
  readonly have: number;
  /** Rows that must be there; undefined when rows are used again, or when iterations can't be foretold (closed model). */
  readonly needed?: number;
}

export const dataNeeds = (plan: Plan): readonly DataNeed[] => {
  const mix = scenarioMix(plan.scenarios);
  const total = plan.load.model === 'open' ? arrivalSchedule(plan, [firstEpoch(1)]).total : undefined;
  return plan.scenarios.flatMap(({ data }, scenario): DataNeed[] => {
    if (data === undefined) return [];
    const { file, use, rowCount: have } = data;
    const needed = use === 'once' && total !== undefined ? { needed: mix.countOf(scenario, total) } : {};
    return [{ scenario, file, use, have, ...needed }];
  });
};
