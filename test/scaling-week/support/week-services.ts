import { hashIntegers } from '../../../src/plan/random.ts';
import type { LoadFunction } from '../../../src/platform/local/simulation/simulated-metrics.ts';
import type { ServiceSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';

export const hourMillis = 3_600_000;
export const minuteMillis = 60_000;
/** Monday, midnight UTC. */
export const weekStartMillis = Date.UTC(2026, 10, 23);

/** What scales a service, as the policy has it. `cpu`: an average in percent; the others: what full tasks do. */
type Rule = 'cpu' | 'requests' | 'total' | 'steps';

export interface WeekService {
  readonly name: string;
  readonly rule: Rule;
  readonly cpu: number;
  readonly memoryMib: number;
  /** In tasks that are fully busy: at night, and how much more at the day's peak. */
  readonly night: number;
  readonly swing: number;
  /** Percent of a full task that is aimed at. */
  readonly target: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Of its peak, against the others'. */
  readonly shiftHours: number;
}

/** Their tasks take long to end, so that drains last for several ticks. */
const slowServices: readonly string[] = ['search', 'images', 'feed'];
/** Load that jumps up and down from minute to minute, by so much either way; others' hardly does. */
const jumps: Readonly<Record<string, number>> = { cart: 0.3 };
const usualJump = 0.04;
const slowEnd = { stopTimeoutSeconds: 120, exitMillis: [70_000, 110_000] } as const;

const service = (
  name: string,
  rule: Rule,
  [cpu, memoryMib]: readonly [number, number],
  [night, swing, target]: readonly [number, number, number],
  shiftHours = 0,
): WeekService => {
  const most = Math.ceil(((night + 3 * swing) * 100) / target);
  return { name, rule, cpu, memoryMib, night, swing, target, minimum: 2, maximum: most, shiftHours };
};

export const weekServices: readonly WeekService[] = [
  service('web', 'cpu', [512, 1_024], [8, 34, 60]),
  service('api', 'requests', [512, 1_024], [6, 28, 60], 0.5),
  service('search', 'cpu', [1_024, 2_048], [3, 14, 50], -0.5),
  service('cart', 'cpu', [256, 512], [4, 14, 60]),
  service('pay', 'cpu', [512, 1_024], [3, 7, 50], 1),
  service('images', 'total', [1_024, 1_024], [3, 10, 70], -1),
  service('feed', 'cpu', [512, 2_048], [4, 17, 65], 0.25),
  service('mail', 'steps', [256, 512], [2, 5, 60]),
  service('auth', 'cpu', [256, 512], [3, 9, 60]),
  service('report', 'cpu', [512, 1_024], [2, 4, 50], 1.5),
];

/** What ECS starts with. */
export const tasksFor = ({ target, minimum, maximum }: WeekService, demand: number): number =>
  Math.min(maximum, Math.max(minimum, Math.ceil((demand * 100) / target)));

const dayOf = (atMillis: number): number => Math.floor((atMillis - weekStartMillis) / (24 * hourMillis));
const hourOf = (atMillis: number): number => ((atMillis - weekStartMillis) / hourMillis) % 24;

/** A spike of one service: three times what it has, for twenty minutes on Wednesday. */
const isSpike = (name: string, atMillis: number): boolean =>
  name === 'web' && dayOf(atMillis) === 2 && hourOf(atMillis) >= 15 && hourOf(atMillis) < 15 + 1 / 3;

/** In tasks that are fully busy. A function of the instant: night, a hump from six to twenty-two, less at the weekend. */
export const demandOf = (one: WeekService, atMillis: number): number => {
  const hour = hourOf(atMillis) - one.shiftHours;
  const hump = Math.max(0, Math.sin((Math.PI * (hour - 6.5)) / 15.5));
  if (hump === 0 || hour < 6.5 || hour > 22) return one.night;
  const share = dayOf(atMillis) >= 5 ? 0.6 : 1;
  const minute = Math.floor((atMillis - weekStartMillis) / minuteMillis);
  const jump = jumps[one.name] ?? usualJump;
  const noise = 1 - jump + (2 * jump * hashIntegers(weekServices.indexOf(one), minute)) / 0x1_0000_0000;
  const times = isSpike(one.name, atMillis) ? 3 : 1;
  return (one.night + one.swing * hump * share * noise) * times;
};

/** Requests a second that one full task serves. */
const requestsPerTask = 50;
/** What one full task brings to the metric that is demand itself. */
export const unitsPerTask = 100;

export const targetGroupOf = ({ name }: WeekService): string => `targetgroup/${name}/0123456789abcdef`;

/** CloudWatch's answers. An average can't show more than all tasks being full. */
export const weekLoad: LoadFunction = (query, { fromMillis, toMillis, running }) => {
  if (query.kind !== 'cloudWatch') return undefined;
  const { namespace, dimensions } = query;
  const asked = weekServices.find((one) =>
    namespace === 'AWS/ApplicationELB'
      ? dimensions.TargetGroup === targetGroupOf(one)
      : [dimensions.ServiceName, dimensions.Service].includes(one.name),
  );
  if (asked === undefined) return undefined;
  const demand = demandOf(asked, (fromMillis + toMillis) / 2);
  if (namespace === 'Shop') return demand * unitsPerTask;
  const tasks = running(asked.name);
  if (tasks === 0) return undefined;
  return namespace === 'AWS/ECS'
    ? Math.min(100, (demand * 100) / tasks)
    : (demand * requestsPerTask * query.periodSeconds) / tasks;
};

export const serviceSetups = (startMillis: number): readonly ServiceSetup[] => [
  ...weekServices.map((one) => ({
    name: one.name,
    desiredCount: tasksFor(one, demandOf(one, startMillis)),
    cpu: one.cpu,
    memoryMib: one.memoryMib,
    ...(slowServices.includes(one.name) ? slowEnd : { stopTimeoutSeconds: 10 }),
  })),
  // Not in the policy: one that nobody scales, and one that is on each instance.
  { name: 'admin', desiredCount: 3, cpu: 256, memoryMib: 512 },
  { name: 'agent', desiredCount: 0, schedulingStrategy: 'DAEMON', cpu: 128, memoryMib: 256 },
];

const ruleText = (one: WeekService): string => {
  switch (one.rule) {
    case 'cpu':
      return `cpu: { target: ${one.target}% }`;
    case 'requests':
      return `requestsPerTarget: { targetGroup: ${targetGroupOf(one)}, target: ${(requestsPerTask * one.target) / 100}/s }`;
    case 'total':
      return `cloudWatch: { namespace: Shop, name: Work, dimensions: { Service: ${one.name} }, statistic: Average, per: total, target: ${(unitsPerTask * one.target) / 100} }`;
    case 'steps':
      return 'cpu: { above: 70%, below: 25% }';
  }
};

export const servicesText = weekServices
  .map((one) => `  ${one.name}: { minimum: ${one.minimum}, maximum: ${one.maximum}, ${ruleText(one)} }`)
  .join('\n');
