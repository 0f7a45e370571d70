import type { DataSource, Plan, Scenario, Step } from '../plan/plan.ts';
import { planStepNames } from '../plan/step-names.ts';
import { compileCheck, type ResponseCheck } from './check-response.ts';
import { type CompiledRequest, compileRequest } from './compile-request.ts';

/** A scenario as a list of instructions, so that an arrival is played by a counter and not by recursion. */
export interface Script {
  readonly name: string;
  readonly data: DataSource | undefined;
  readonly instructions: readonly Instruction[];
}

export type Instruction =
  | RequestInstruction
  | { readonly kind: 'think'; readonly minMicros: number; readonly maxMicros: number }
  /** Begins a loop, or jumps behind it when it is to be played no times. */
  | { readonly kind: 'repeat'; readonly times: number; readonly end: number }
  /** Ends a loop: back to its first instruction until its times are used up. */
  | { readonly kind: 'again'; readonly first: number };

export interface RequestInstruction {
  readonly kind: 'request';
  /** Index into the plan's step names, and the name itself. */
  readonly step: number;
  readonly name: string;
  readonly request: CompiledRequest;
  readonly check: ResponseCheck;
  readonly timeoutMicros: number;
}

/** The plan's variables as templates see them. */
export const planVariables = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(Object.entries(plan.variables).map(([name, value]) => [name, String(value)]));

const capturedIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === 'request') return step.capture.map(({ variable }) => variable);
    return step.kind === 'repeat' ? capturedIn(step.steps) : [];
  });

/** The variables that neither a data column nor a capture of this scenario can hide. */
const constantsOf = (
  scenario: Scenario,
  variables: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const hidden = new Set([...(scenario.data?.columns ?? []), ...capturedIn(scenario.steps)]);
  return new Map([...variables].filter(([name]) => !hidden.has(name)));
};

/** Compiles every scenario of the plan, in the plan's order. */
export const compileScenarios = (plan: Plan): readonly Script[] => {
  const stepNames = planStepNames(plan);
  const variables = planVariables(plan);
  return plan.scenarios.map((scenario) => {
    const constants = constantsOf(scenario, variables);
    const instructions: Instruction[] = [];
    const compile = (steps: readonly Step[]): void => {
      for (const step of steps) {
        if (step.kind === 'request') {
          instructions.push({
            kind: 'request',
            step: stepNames.indexOf(step.name),
            name: step.name,
            request: compileRequest(step, plan.target, constants),
            check: compileCheck(step, constants),
            timeoutMicros: step.timeoutSeconds * 1e6,
          });
        } else if (step.kind === 'think') {
          instructions.push({
            kind: 'think',
            minMicros: step.minSeconds * 1e6,
            maxMicros: step.maxSeconds * 1e6,
          });
        } else {
          const begin = instructions.length;
          instructions.push({ kind: 'repeat', times: step.times, end: begin });
          compile(step.steps);
          instructions.push({ kind: 'again', first: begin + 1 });
          instructions[begin] = { kind: 'repeat', times: step.times, end: instructions.length };
        }
      }
    };
    compile(scenario.steps);
    return { name: scenario.name, data: scenario.data, instructions };
  });
};
