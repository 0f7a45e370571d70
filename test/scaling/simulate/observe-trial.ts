import { decideOscillation } from '../../../src/scaling/services/decide-oscillation.ts';
import { directionsFrom, type Trial, tryOut } from './random-policies.ts';

/** Fixed, so that no run of the tests fails by luck; another seed and more cases look further. */
export const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 6);
export const cases = Number(process.env.STORMDRAIN_SCALING_CASES ?? 10_000);
export const fewer = Math.ceil(cases / 25);

export const isAccepted = ({ service }: Trial): boolean => decideOscillation(service) === null;

/** Longest that it can take from a step to the next and back again, about. */
export const roundTripSeconds = (trial: Trial): number => {
  const { service, everySeconds, metricDelaySeconds, startSeconds, stopSeconds } = trial;
  const periods = service.rules.map((rule) =>
    rule.kind === 'steps'
      ? rule.metric.periodSeconds * (rule.outPeriods + rule.inPeriods)
      : 2 * rule.metric.periodSeconds,
  );
  const { out, in: inwards } = service;
  return (
    2 * (everySeconds + metricDelaySeconds) +
    startSeconds +
    stopSeconds +
    Math.max(...periods) +
    out.cooldownSeconds +
    inwards.cooldownSeconds +
    out.stabilisationSeconds +
    inwards.stabilisationSeconds
  );
};

/** Long enough to settle, then longer than a swing takes. */
export const observe = (trial: Trial): { outs: number; ins: number } => {
  const settledAt = 600 + roundTripSeconds(trial);
  const result = tryOut(trial, settledAt + 1.5 * roundTripSeconds(trial));
  return directionsFrom(result, settledAt);
};

export const oscillates = ({ outs, ins }: { outs: number; ins: number }): boolean => outs > 0 && ins > 0;
