import type { InstanceTypePolicy, PoolPolicy, ScalingPolicy } from '../policy/scaling-policy.ts';
import type { ServiceHints, SimulationHints } from '../policy/simulation-hints.ts';
import { type LoadTrace, loadOf } from './load-trace.ts';
import type { SimulatedPoolSetup, SimulatedServiceSetup, SimulationSetup } from './simulation.ts';

/** What is said beside the policy; each in place of what the policy's `simulation` block says. */
export interface SimulationOptions {
  readonly seed: number;
  /** As long as the trace goes when left out. */
  readonly seconds?: number;
  readonly startMillis: number;
  /** The only services that are simulated; all that have load when left out. */
  readonly services?: readonly string[];
  readonly bootSeconds?: readonly [number, number];
  readonly imagePullSeconds?: number;
  readonly metricDelaySeconds?: number;
  /** By pool; under an empty name for all others. */
  readonly interruptionsPerHour?: Readonly<Record<string, number>>;
  readonly requestsPerSecondPerTask?: number;
}

export type PlannedSimulation =
  | {
      readonly kind: 'planned';
      readonly setup: SimulationSetup;
      /** Without the services that have no load here. */
      readonly policy: ScalingPolicy;
      /** What was assumed, in words. */
      readonly assumptions: readonly string[];
    }
  /** `reason` names the value and what is there instead. */
  | { readonly kind: 'problem'; readonly reason: string };

/** US dollars: Fargate in us-east-1, Linux on x86, https://aws.amazon.com/fargate/pricing/ (November 2026). */
const fargateHourUsd = ({ cpu, memoryMib }: ServiceHints): number =>
  (cpu / 1024) * 0.04048 + (memoryMib / 1024) * 0.004445;

/** What an m6i.large registers with ECS, and its on-demand price in us-east-1. */
const assumedType: InstanceTypePolicy = {
  type: 'm6i.large',
  cpu: 2048,
  memoryMib: 7680,
  gpus: 0,
  taskEnis: null,
  attributes: {},
  weight: 1,
  pricePerHourUsd: 0.096,
};

/** Each second of each service is kept until the end, in some 400 bytes: four services for a week, in a gigabyte. */
const mostServiceSeconds = 2_500_000;

/** Share of what tasks can serve that is in use when the simulation begins. */
const initialUse = 0.6;

const initialTasks = (load: number, perTask: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.ceil(load / (perTask * initialUse))));

/** Instances for the tasks of the beginning, dealt by the pools' shares. */
const initialInstances = (
  policy: ScalingPolicy,
  services: readonly SimulatedServiceSetup[],
): ReadonlyMap<string, number> => {
  const pools = policy.capacity?.pools ?? [];
  const shares = pools.reduce((sum, { share }) => sum + share, 0);
  const need = (of: 'cpu' | 'memoryMib'): number =>
    services.reduce((sum, service) => sum + service[of] * service.initialTasks, 0);
  const cpu = need('cpu');
  const memoryMib = need('memoryMib');
  return new Map(
    pools.map((pool): [string, number] => {
      const part = shares === 0 ? 1 / pools.length : pool.share / shares;
      const [{ cpu: typeCpu, memoryMib: typeMemory }] = typesOf(pool);
      const packed = Math.max(cpu / typeCpu, memoryMib / typeMemory) / initialUse;
      const wanted = Math.ceil(Math.max(packed, policy.capacity?.minimum ?? 0) * part);
      return [pool.name, Math.max(pool.minimum, Math.min(pool.maximum, wanted))];
    }),
  );
};

const typesOf = ({ instanceTypes }: PoolPolicy): SimulatedPoolSetup['instanceTypes'] => {
  const [first = assumedType, ...others] = instanceTypes;
  return [first, ...others];
};

const assumptionsOf = (policy: ScalingPolicy, trace: LoadTrace, seconds: number): readonly string[] => {
  const pools = policy.capacity?.pools ?? [];
  const untyped = pools.filter(({ instanceTypes }) => instanceTypes.length === 0).map(({ name }) => name);
  const unpriced = pools.filter((pool) => typesOf(pool)[0].pricePerHourUsd === null).map(({ name }) => name);
  return [
    ...(untyped.length === 0
      ? []
      : [`Pools without instance types launch ${assumedType.type} here: ${untyped.join(', ')}.`]),
    ...(unpriced.length === 0
      ? []
      : [`Instances without a price cost nothing here: those of ${unpriced.join(', ')}.`]),
    ...(seconds > trace.seconds && trace.isEndless !== true
      ? ['After its end the load goes on as its last second.']
      : []),
  ];
};

/** The world in which a policy is tried, made of its `simulation` block, a trace, and what was said beside them. Pure. */
export const planSimulation = (
  policy: ScalingPolicy,
  hints: SimulationHints,
  trace: LoadTrace,
  options: SimulationOptions,
): PlannedSimulation => {
  const problem = (reason: string): PlannedSimulation => ({ kind: 'problem', reason });
  const names = policy.services.map(({ service }) => service);
  const known = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const missing = options.services?.find((service) => !names.includes(service));
  if (missing !== undefined) return problem(`the policy has no service "${missing}": ${known}`);
  const strange = Object.keys(trace.loads).filter((name) => name !== '' && !names.includes(name));
  if (strange.length > 0)
    return problem(`the trace has load of ${strange.join(', ')}, which the policy doesn't have: ${known}`);
  const pools = policy.capacity?.pools ?? [];
  const unknown = Object.keys(options.interruptionsPerHour ?? {}).find(
    (name) => name !== '' && !pools.some((pool) => pool.name === name),
  );
  if (unknown !== undefined)
    return problem(`the policy has no pool "${unknown}": it has ${pools.map(({ name }) => name).join(', ')}`);

  const seconds = options.seconds ?? trace.seconds;
  const end = trace.seconds - 1;
  const services = policy.services.flatMap((service): SimulatedServiceSetup[] => {
    const own = loadOf(trace, service.service);
    const found = hints.services[service.service];
    if (own === undefined || found === undefined) return [];
    if (options.services?.includes(service.service) === false) return [];
    const perTask = options.requestsPerSecondPerTask ?? found.requestsPerSecondPerTask;
    return [
      {
        ...found,
        service: service.service,
        load: trace.isEndless === true ? own : (second) => own(Math.min(second, end)),
        requestsPerSecondPerTask: perTask,
        imagePullSeconds: options.imagePullSeconds ?? found.imagePullSeconds,
        initialTasks: initialTasks(own(0), perTask, service.minimum, service.maximum),
        pricePerTaskHourUsd: policy.capacity === null ? fargateHourUsd(found) : 0,
      },
    ];
  });
  if (services.length === 0) return problem(`there is no load for any service of the policy: ${known}`);
  if (services.length * seconds > mostServiceSeconds)
    return problem(
      `${services.length} services for ${seconds} seconds are too much for one simulation, which has room for ${Math.floor(mostServiceSeconds / services.length)} seconds of so many: choose one service, or a shorter time`,
    );
  const simulated = new Set(services.map(({ service }) => service));
  const instances = initialInstances(policy, services);
  const rateOf = (pool: string): number =>
    options.interruptionsPerHour?.[pool] ??
    options.interruptionsPerHour?.[''] ??
    hints.interruptionsPerHour[pool] ??
    0;
  return {
    kind: 'planned',
    policy: { ...policy, services: policy.services.filter(({ service }) => simulated.has(service)) },
    assumptions: assumptionsOf(policy, trace, seconds),
    setup: {
      seed: options.seed,
      seconds,
      startMillis: options.startMillis,
      services,
      metricDelaySeconds: options.metricDelaySeconds ?? hints.metricDelaySeconds,
      capacity:
        policy.capacity === null
          ? null
          : {
              bootSeconds: options.bootSeconds ?? hints.bootSeconds,
              pools: pools.map((pool) => ({
                ...pool,
                instanceTypes: typesOf(pool),
                initialInstances: instances.get(pool.name) ?? 0,
                interruptionsPerHour: rateOf(pool.name),
              })),
            },
    },
  };
};
