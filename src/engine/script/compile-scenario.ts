import type { DataSource, Plan, RequestStep, Scenario, Step } from '../../plan/plan.ts';
import { planStepNames } from '../../plan/step-names.ts';
import type { EngineShard } from '../engine.ts';
import { compileCheck, type ResponseCheck } from './check-response.ts';
import { type Condition, compileCondition } from './compile-condition.ts';
import { compileFeatures } from './compile-features.ts';
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
  /** Begins a loop, or jumps behind it when it is not to be played at all. */
  | {
      readonly kind: 'loop';
      readonly times: number;
      readonly condition: Condition | undefined;
      readonly end: number;
    }
  /** Ends a loop: back to its first instruction until its times are used up or its condition doesn't hold. */
  | { readonly kind: 'again'; readonly condition: Condition | undefined; readonly first: number };

export interface RequestInstruction {
  readonly kind: 'request';
  /** Index into the plan's step names, and the name itself. */
  readonly step: number;
  readonly name: string;
  readonly request: CompiledRequest;
  readonly check: ResponseCheck;
  readonly timeoutMicros: number;
  readonly hasAfterHook: boolean;
}

/** The plan's variables as templates see them. */
export const planVariables = (plan: Plan): ReadonlyMap<string, string> =>
  new Map(Object.entries(plan.variables).map(([name, value]) => [name, String(value)]));

const capturedIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === 'request') return step.capture.map(({ variable }) => variable);
    return 'steps' in step ? capturedIn(step.steps) : [];
  });

const callsHooks = (steps: readonly Step[]): boolean =>
  steps.some((step) => {
    if (step.kind === 'request') return step.before !== undefined || step.after !== undefined;
    return 'steps' in step && callsHooks(step.steps);
  });

/** The variables that neither a data column nor a capture of this scenario can hide; hooks can hide any. */
const constantsOf = (
  scenario: Scenario,
  variables: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  if (callsHooks(scenario.steps)) return new Map();
  const hidden = new Set([...(scenario.data?.columns ?? []), ...capturedIn(scenario.steps)]);
  return new Map([...variables].filter(([name]) => !hidden.has(name)));
};

/** Bytes are the quick way, for requests that nobody changes once they are written. */
const asMessages = (plan: Plan, step: RequestStep): boolean =>
  plan.http === 2 || plan.cookies || step.redirects > 0 || step.before !== undefined;

/**
 * Compiles every scenario of the shard's plan, in the plan's order.
 * @throws RangeError when a file or hook that the plan refers to isn't there.
 */
export const compileScenarios = ({
  plan,
  files,
  hooks,
}: Pick<EngineShard, 'plan' | 'files' | 'hooks'>): readonly Script[] => {
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
            request: compileRequest(step, {
              target: plan.target,
              constants,
              asMessages: asMessages(plan, step),
              keepAlive: plan.connections.keepAlive,
              files,
              features: compileFeatures(scenario.name, step, hooks),
            }),
            check: compileCheck(step, constants),
            timeoutMicros: step.timeoutSeconds * 1e6,
            hasAfterHook: step.after !== undefined,
          });
        } else if (step.kind === 'think') {
          instructions.push({
            kind: 'think',
            minMicros: step.minSeconds * 1e6,
            maxMicros: step.maxSeconds * 1e6,
          });
        } else {
          const begin = instructions.length;
          const times = step.kind === 'while' ? step.maxTimes : step.times;
          const condition = step.kind === 'while' ? compileCondition(step, constants) : undefined;
          instructions.push({ kind: 'loop', times, condition, end: begin });
          compile(step.steps);
          instructions.push({ kind: 'again', condition, first: begin + 1 });
          instructions[begin] = { kind: 'loop', times, condition, end: instructions.length };
        }
      }
    };
    compile(scenario.steps);
    return { name: scenario.name, data: scenario.data, instructions };
  });
};
