import type { WhileStep } from '../../plan/plan.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import { type CompiledText, compileText } from './compile-text.ts';

/** Whether a loop is played once more. */
export type Condition = (scope: ArrivalScope) => boolean;

/** Undefined while one of its variables has no value. */
const renderKnown = (text: CompiledText, scope: ArrivalScope): string | undefined => {
  let rendered = '';
  for (const piece of text) {
    const value = typeof piece === 'string' ? piece : piece.value(scope);
    if (value === undefined) return undefined;
    rendered += value;
  }
  return rendered;
};

/** Compares two templates as texts. While a variable has no value, `!=` holds and `==` doesn't. */
export const compileCondition = (
  step: Pick<WhileStep, 'left' | 'comparison' | 'right'>,
  constants: ReadonlyMap<string, string>,
): Condition => {
  const left = compileText(step.left, constants);
  const right = compileText(step.right, constants);
  const wantsEqual = step.comparison === '==';
  return (scope) => {
    const [one, other] = [renderKnown(left, scope), renderKnown(right, scope)];
    if (one === undefined || other === undefined) return !wantsEqual;
    return (one === other) === wantsEqual;
  };
};
