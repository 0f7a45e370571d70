import { arrivalSchedule } from './arrival-schedule.ts';
import { mayEndEarly, mostRequests } from './count-requests.ts';
import { type DataNeed, dataNeeds } from './data-needs.ts';
import { firstEpoch } from './epochs.ts';
import { peakValue, shapeSeconds } from './load-shape.ts';
import type { ConnectionSettings, Load, Plan, Stage, TlsSettings } from './plan.ts';
import { scenarioMix } from './scenario-mix.ts';

export { formatPlanDescription } from './format-plan-description.ts';

export interface DescribedStage extends Stage {
  readonly isWarmup: boolean;
  readonly arrivals?: number;
}

/** What a plan would send, before anything is sent. Counts of arrivals are only known for the open model. */
export interface PlanDescription {
  readonly name: string;
  readonly target: string;
  readonly model: Load['model'];
  readonly spacing?: 'even' | 'poisson';
  readonly seconds: number;
  /** How much of it is warm-up, from the start. */
  readonly warmupSeconds: number;
  readonly stages: readonly DescribedStage[];
  /** The highest rate in arrivals per second, or the highest number of virtual users. */
  readonly peak: number;
  readonly arrivals?: number;
  /** Requests when every arrival plays its scenario to the end. */
  readonly requests?: number;
  readonly scenarios: readonly {
    readonly name: string;
    readonly weight: number;
    /** At most, when `mayEndEarly`: a loop may end before its last pass. */
    readonly requestsEach: number;
    readonly mayEndEarly: boolean;
    readonly arrivals?: number;
  }[];
  readonly threads: number | 'auto';
  readonly spot?: NonNullable<Plan['workers']['spot']>;
  readonly maxCostUsd?: number;
  readonly precise: boolean;
  readonly http: 1 | 2;
  readonly connections: ConnectionSettings;
  readonly tls: TlsSettings;
  readonly hooks?: { readonly file: string; readonly exports: readonly string[] };
  /** Arrivals per shard, in order; for the closed model the virtual users at the peak. */
  readonly shards: readonly number[];
  readonly data: readonly (Omit<DataNeed, 'scenario'> & { readonly scenario: string })[];
  readonly thresholds: readonly string[];
  readonly abortOn: readonly { readonly text: string; readonly windowSeconds: number }[];
}

/** How `total` things are dealt to shards in turn. */
const dealt = (total: number, shards: number): readonly number[] =>
  Array.from({ length: shards }, (_, shard) => Math.max(0, Math.ceil((total - shard) / shards)));

const stagesOf = ({ load, warmupSeconds }: Plan) => {
  let end = 0;
  return load.stages.map((stage) => {
    end += stage.seconds;
    return { ...stage, end, isWarmup: end <= warmupSeconds };
  });
};

const describeArrivals = (plan: Plan) => {
  const schedule = arrivalSchedule(plan, [firstEpoch(plan.workers.count)]);
  let before = 0;
  const stages = stagesOf(plan).map(({ end, ...stage }) => {
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
    warmupSeconds: plan.warmupSeconds,
    peak,
    threads: plan.workers.threads,
    ...(plan.workers.spot === undefined ? {} : { spot: plan.workers.spot }),
    ...(plan.maxCostUsd === undefined ? {} : { maxCostUsd: plan.maxCostUsd }),
    precise: plan.precise,
    http: plan.http,
    connections: plan.connections,
    tls: plan.tls,
    ...(plan.hooks === undefined ? {} : { hooks: plan.hooks }),
    data: dataNeeds(plan).map((need) => ({ ...need, scenario: plan.scenarios[need.scenario]?.name ?? '' })),
    thresholds: plan.thresholds.map(({ text }) => text),
    abortOn: plan.abortOn,
  };
  const scenarios = plan.scenarios.map(({ name, weight, steps }) => ({
    name,
    weight,
    requestsEach: mostRequests(steps),
    mayEndEarly: mayEndEarly(steps),
  }));
  if (load.model === 'closed') {
    const shards = dealt(Math.round(peak), plan.workers.count);
    return { ...base, model: 'closed', stages: stagesOf(plan), scenarios, shards };
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
