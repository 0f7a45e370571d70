import { arrivalSchedule } from './arrival-schedule.ts';
import { type DataNeed, dataNeeds } from './data-needs.ts';
import { firstEpoch } from './epochs.ts';
import { peakValue, shapeSeconds } from './load-shape.ts';
import type { Load, Plan, Stage, Step } from './plan.ts';
import { scenarioMix } from './scenario-mix.ts';

export { formatPlanDescription } from './format-plan-description.ts';

/** What a plan would send, before anything is sent. Counts of arrivals are only known for the open model. */
export interface PlanDescription {
  readonly name: string;
  readonly target: string;
  readonly model: Load['model'];
  readonly spacing?: 'even' | 'poisson';
  readonly seconds: number;
  readonly stages: readonly (Stage & { readonly arrivals?: number })[];
  /** The highest rate in arrivals per second, or the highest number of virtual users. */
  readonly peak: number;
  readonly arrivals?: number;
  /** Requests when every arrival plays its scenario to the end. */
  readonly requests?: number;
  readonly scenarios: readonly {
    readonly name: string;
    readonly weight: number;
    readonly requestsEach: number;
    readonly arrivals?: number;
  }[];
  /** Arrivals per shard, in order; for the closed model the virtual users at the peak. */
  readonly shards: readonly number[];
  readonly data: readonly (Omit<DataNeed, 'scenario'> & { readonly scenario: string })[];
  readonly thresholds: readonly string[];
}

const requestsOf = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => {
    if (step.kind === 'repeat') return sum + step.times * requestsOf(step.steps);
    return step.kind === 'request' ? sum + 1 : sum;
  }, 0);

/** How `total` things are dealt to shards in turn. */
const dealt = (total: number, shards: number): readonly number[] =>
  Array.from({ length: shards }, (_, shard) => Math.max(0, Math.ceil((total - shard) / shards)));

const describeArrivals = (plan: Plan) => {
  const schedule = arrivalSchedule(plan, [firstEpoch(plan.workers.count)]);
  let end = 0;
  let before = 0;
  const stages = plan.load.stages.map((stage) => {
    end += stage.seconds;
    const until = schedule.countBefore(end);
    const arrivals = until - before;
    before = until;
    return { ...stage, arrivals };
  });
  const mix = scenarioMix(plan.scenarios);
  const counts = plan.scenarios.map((_, scenario) => mix.countOf(scenario, schedule.total));
  return { stages, total: schedule.total, counts };
};

export const describePlan = (plan: Plan): PlanDescription => {
  const { load } = plan;
  const peak = peakValue(load.stages);
  const base = {
    name: plan.name,
    target: plan.target,
    seconds: shapeSeconds(load.stages),
    peak,
    data: dataNeeds(plan).map((need) => ({ ...need, scenario: plan.scenarios[need.scenario]?.name ?? '' })),
    thresholds: plan.thresholds.map(({ text }) => text),
  };
  const scenarios = plan.scenarios.map(({ name, weight, steps }) => ({
    name,
    weight,
    requestsEach: requestsOf(steps),
  }));
  if (load.model === 'closed') {
    const shards = dealt(Math.round(peak), plan.workers.count);
    return { ...base, model: 'closed', stages: load.stages, scenarios, shards };
  }
  const { stages, total, counts } = describeArrivals(plan);
  const counted = scenarios.map((scenario, index) => ({ ...scenario, arrivals: counts[index] ?? 0 }));
  return {
    ...base,
    model: 'open',
    spacing: load.arrivals,
    stages,
    arrivals: total,
    requests: counted.reduce((sum, { arrivals, requestsEach }) => sum + arrivals * requestsEach, 0),
    scenarios: counted,
    shards: dealt(total, plan.workers.count),
  };
};
