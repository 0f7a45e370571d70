import { formatNumber, listed } from '../../document/format-quantity.ts';
import { decideOscillation } from '../services/decide-oscillation.ts';
import { formatMetric } from './describe-metric.ts';
import type { ServicePolicy, StepsRule } from './scaling-policy.ts';

type Side = 'above' | 'below';

const halvings = 10;

/** To so many digits that count. */
const rounded = (value: number, digits: number, round: (value: number) => number): number => {
  const unit = 10 ** (Math.floor(Math.log10(value)) + 1 - digits);
  // Dividing by a power of ten is exact where multiplying by 0.1 isn't.
  return unit >= 1 ? round(value / unit) * unit : round(value * (1 / unit)) / (1 / unit);
};

const withSteps = (
  service: ServicePolicy,
  rule: StepsRule,
  side: Side,
  change: (written: number) => number,
): ServicePolicy => {
  const steps = rule[side].map(({ threshold, tasks }) => ({ threshold: change(threshold), tasks }));
  return { ...service, rules: [{ ...rule, [side]: steps }] };
};

const isSteady = (service: ServicePolicy): boolean => decideOscillation(service) === null;

/** The factor nearest to 1 that was found to do, between one that doesn't and one that is tried first. */
const nearestFactor = (isGood: (factor: number) => boolean, furthest: number): number | undefined => {
  if (!isGood(furthest)) return undefined;
  let [bad, good] = [1, furthest];
  for (let halving = 0; halving < halvings; halving++) {
    const middle = (bad + good) / 2;
    if (isGood(middle)) good = middle;
    else bad = middle;
  }
  return good;
};

/** The same service with the thresholds of one side moved away from the other's, to round numbers; undefined when that doesn't help. */
const movedSteps = (service: ServicePolicy, rule: StepsRule, side: Side): ServicePolicy | undefined => {
  const scaled = (factor: number) => withSteps(service, rule, side, (value) => value * factor);
  const factor = nearestFactor((candidate) => isSteady(scaled(candidate)), side === 'below' ? 1 / 16 : 16);
  if (factor === undefined) return undefined;
  const away = side === 'below' ? Math.floor : Math.ceil;
  const candidates = [2, 3, 4].flatMap((digits) =>
    [Math.round, away].map((round) =>
      withSteps(service, rule, side, (value) => rounded(value * factor, digits, round)),
    ),
  );
  return candidates.find(isSteady);
};

const movedText = (service: ServicePolicy, rule: StepsRule, side: Side): readonly string[] => {
  const moved = movedSteps(service, rule, side)?.rules[0];
  if (moved?.kind !== 'steps') return [];
  const values = moved[side].map(({ threshold }) => threshold);
  // CPU and memory above what a task reserves are rare, so a threshold there would hardly be passed.
  const isShare = rule.metric.kind === 'cpu' || rule.metric.kind === 'memory';
  if (isShare && values.some((value) => value >= 100)) return [];
  const words = listed(values.map((value) => formatMetric(rule.metric, value)));
  return [`${side === 'below' ? 'lower below to' : 'raise above to'} ${words}`];
};

const minimumText = (service: ServicePolicy): readonly string[] => {
  const { minimum, maximum } = service;
  let [bad, good] = [minimum, maximum];
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2);
    if (isSteady({ ...service, minimum: middle })) good = middle;
    else bad = middle;
  }
  return good < maximum ? [`raise minimum to ${formatNumber(good)}`] : [];
};

/** What would keep a service's steps from oscillating, each tried; empty when nothing simple does. */
export const proposeSteps = (service: ServicePolicy, rule: StepsRule): readonly string[] => [
  ...movedText(service, rule, 'below'),
  ...movedText(service, rule, 'above'),
  ...minimumText(service),
];
