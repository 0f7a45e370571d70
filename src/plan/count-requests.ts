import type { Step } from './plan.ts';

/** The most requests that playing the steps once can send. */
export const mostRequests = (steps: readonly Step[]): number =>
  steps.reduce((sum, step) => {
    if (step.kind === 'repeat') return sum + step.times * mostRequests(step.steps);
    if (step.kind === 'while') return sum + step.maxTimes * mostRequests(step.steps);
    return step.kind === 'request' ? sum + 1 : sum;
  }, 0);

/** True when the steps may send fewer requests than `mostRequests` though none fails. */
export const mayEndEarly = (steps: readonly Step[]): boolean =>
  steps.some((step) => step.kind === 'while' || (step.kind === 'repeat' && mayEndEarly(step.steps)));
