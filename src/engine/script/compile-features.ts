import type { RequestStep } from '../../plan/plan.ts';
import type { AfterHook, BeforeHook, Hook } from '../hooks.ts';
import type { RequestFeatures } from './request-features.ts';

const hookNamed = (name: string, hooks: ReadonlyMap<string, Hook>): Hook => {
  const hook = hooks.get(name);
  if (hook === undefined) throw new RangeError(`the plan's hooks have no function ${name}`);
  return hook;
};

/**
 * What a step asks for around its request; undefined when that is nothing.
 * @throws RangeError when a hook isn't there.
 */
export const compileFeatures = (
  scenario: string,
  step: RequestStep,
  hooks: ReadonlyMap<string, Hook>,
): RequestFeatures | undefined => {
  const { before, after, redirects, body } = step;
  if (before === undefined && after === undefined) {
    return redirects > 0 ? { redirects, hooks: undefined } : undefined;
  }
  return {
    redirects,
    hooks: {
      scenario,
      step: step.name,
      textBody: body === undefined || 'template' in body,
      // Where a step names a function is all that says which kind of hook it is.
      before:
        before === undefined ? undefined : { name: before, run: hookNamed(before, hooks) as BeforeHook },
      after: after === undefined ? undefined : { name: after, run: hookNamed(after, hooks) as AfterHook },
    },
  };
};
