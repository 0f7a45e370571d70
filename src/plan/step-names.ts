import type { Plan, Step } from './plan.ts';

const collect = (steps: readonly Step[], names: Set<string>): void => {
  for (const step of steps) {
    if (step.kind === 'request') names.add(step.name);
    else if (step.kind !== 'think') collect(step.steps, names);
  }
};

/**
 * The distinct names of the plan's request steps, in order of first appearance, bodies of loops included. A step's
 * number, in measurements and segments, is its name's index here; steps that share a name share their numbers.
 */
export const planStepNames = (plan: Pick<Plan, 'scenarios'>): readonly string[] => {
  const names = new Set<string>();
  for (const scenario of plan.scenarios) collect(scenario.steps, names);
  return [...names];
};
