import { basename, extname } from 'node:path';
import { formatProblems } from '../document/document-problem.ts';
import { BadInputError } from '../errors.ts';
import { type ParsedScalingPolicy, parseScalingPolicy } from '../scaling/policy/parse-scaling-policy.ts';
import type { SimulationHints } from '../scaling/policy/simulation-hints.ts';
import type { LoadTrace } from '../scaling/simulate/load-trace.ts';
import { otherWorlds } from '../scaling/simulate/other-worlds.ts';
import {
  type PlannedSimulation,
  planSimulation,
  type SimulationOptions,
} from '../scaling/simulate/plan-simulation.ts';
import { adviseInterval, formatInterval, parseSweep } from '../scaling/simulate/sweep-intervals.ts';
import type { CliContext } from './cli-context.ts';
import { readLoad } from './read-load.ts';
import { readPolicyFile } from './scaling-place.ts';
import { simulatePolicy } from './simulate-policy.ts';
import type { SimulationReport } from './simulation-report.ts';

/** What `scaling simulate` is told beside the policy. */
export interface SimulationRequest {
  readonly trace?: string;
  readonly shape?: string;
  readonly service?: string;
  readonly compare?: string;
  readonly sweep?: string;
  readonly seed: number;
  readonly for?: number;
  readonly boot?: readonly [number, number];
  readonly imagePull?: number;
  readonly metricDelay?: number;
  readonly interruptions: Readonly<Record<string, number>>;
  readonly perTask?: number;
}

const readPolicy = async (context: CliContext, file: string) =>
  parseScalingPolicy(await readPolicyFile(context, file), { file });

type PlannedPolicy = Extract<PlannedSimulation, { kind: 'planned' }>;

/** Two policies are compared in the world of the first, which may not know all pools of the second. */
const worldOf = (own: SimulationHints, first: SimulationHints): SimulationHints => ({
  ...first,
  interruptionsPerHour: { ...own.interruptionsPerHour, ...first.interruptionsPerHour },
});

const nameOf = (file: string): string => basename(file, extname(file));

/** Floors look at the clock, so a load that belongs to no time begins at a fixed midnight: a Monday, in UTC. */
const someMonday = Date.UTC(2026, 2, 2);

const optionsOf = (flags: SimulationRequest, startMillis: number): SimulationOptions => ({
  seed: flags.seed,
  startMillis,
  interruptionsPerHour: flags.interruptions,
  ...(flags.for === undefined ? {} : { seconds: Math.round(flags.for) }),
  ...(flags.boot === undefined ? {} : { bootSeconds: flags.boot }),
  ...(flags.imagePull === undefined ? {} : { imagePullSeconds: flags.imagePull }),
  ...(flags.metricDelay === undefined ? {} : { metricDelaySeconds: flags.metricDelay }),
  ...(flags.perTask === undefined ? {} : { requestsPerSecondPerTask: flags.perTask }),
});

type Read = Extract<ParsedScalingPolicy, { kind: 'policy' }> & { readonly file: string };

const shared = (policies: readonly Read[]): readonly string[] => {
  const [first, ...others] = policies.map(({ policy }) => policy.services.map(({ service }) => service));
  return (first ?? []).filter((service) => others.every((names) => names.includes(service)));
};

/** Throws `BadInput` when there is nothing to simulate. */
const planAll = (
  policies: readonly Read[],
  load: LoadTrace,
  flags: SimulationRequest,
): readonly PlannedPolicy[] => {
  const options = optionsOf(flags, load.startMillis ?? someMonday);
  const services = flags.service === undefined ? shared(policies) : [flags.service];
  const [first] = policies;
  if (services.length === 0 && policies.length > 1)
    throw new BadInputError('--compare: the two policies have no service of the same name');
  return policies.map(({ policy, simulation, file }) => {
    const hints = worldOf(simulation, first?.simulation ?? simulation);
    const chosen = flags.service === undefined && policies.length === 1 ? {} : { services };
    const planned = planSimulation(policy, hints, load, { ...options, ...chosen });
    if (planned.kind === 'problem') throw new BadInputError(`${file}: ${planned.reason}`);
    return planned;
  });
};

const decideSweep = ({ sweep, compare }: SimulationRequest): readonly number[] | undefined => {
  if (sweep === undefined) return undefined;
  if (compare !== undefined)
    throw new BadInputError(
      'scaling simulate: --compare takes two policies and --sweep one: give one of them',
    );
  const intervals = parseSweep(sweep);
  if (intervals !== undefined) return intervals;
  throw new BadInputError(
    `--sweep: "${sweep}" is no range of intervals: expected interval=10s..5m, within 10s to 15m`,
  );
};

interface Trial extends Pick<PlannedPolicy, 'setup' | 'policy'> {
  readonly name: string;
}

const nameTrials = (planned: readonly PlannedPolicy[], policies: readonly Read[]): readonly Trial[] => {
  const names = policies.map(({ file }) => nameOf(file));
  return planned.map(({ setup, policy }, index) => {
    const name = names[index] ?? '';
    return { setup, policy, name: names.indexOf(name) < index ? `${name} (2)` : name };
  });
};

const worldsAssumed = ({ seed }: PlannedPolicy['setup'], others: number): readonly string[] =>
  others === 0
    ? []
    : [
        `Figures are means of ${others + 1} worlds: seeds ${seed} to ${seed + others}, each with its load a little later. What is drawn, and the decisions, are of the first.`,
      ];

/** Simulates what was asked for. Throws `BadInput`; what is wrong in a policy is a refusal. */
export const simulatePolicies = async (
  context: CliContext,
  file: string,
  flags: SimulationRequest,
): Promise<SimulationReport | { readonly refusal: string }> => {
  const intervals = decideSweep(flags);
  const load = await readLoad(context, flags);
  const policies: Read[] = [];
  for (const one of flags.compare === undefined ? [file] : [file, flags.compare]) {
    const parsed = await readPolicy(context, one);
    if (parsed.kind === 'problems') return { refusal: formatProblems(parsed.problems) };
    policies.push({ ...parsed, file: one });
  }
  const planned = planAll(policies, load, flags);
  const [first] = planned;
  if (first === undefined) throw new BadInputError('scaling simulate: there is no policy');
  const { setup, policy } = first;
  const { seconds, seed, startMillis } = setup;
  const services = setup.services.map(({ service }) => service);
  const world = { load: load.name, seconds, seed, services, startMillis };
  const trials =
    intervals === undefined
      ? nameTrials(planned, policies)
      : intervals.map((everySeconds): Trial => {
          return { setup, policy: { ...policy, everySeconds }, name: formatInterval(everySeconds) };
        });
  const longest = Math.max(...trials.map((trial) => trial.policy.everySeconds));
  const worldsOf = (trial: Trial) =>
    trials.length === 1 ? [] : otherWorlds(trial.setup, longest, trials.length).slice(1);
  const runs = trials.map((trial) => simulatePolicy(trial.setup, worldsOf(trial), trial.policy, trial.name));
  const assumptions = [
    ...new Set([
      ...planned.flatMap((one) => one.assumptions),
      ...worldsAssumed(setup, worldsOf({ ...first, name: '' }).length),
    ]),
  ];
  if (intervals === undefined) return { world, runs, assumptions };
  return { world, runs, assumptions, sweep: adviseInterval(runs.map(({ summary }) => summary)) };
};
