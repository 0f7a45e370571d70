import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { type ParsedPlan, type PlanOptions, parsePlan } from '../../src/plan/parse-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { formatProblems } from '../../src/plan/plan-problem.ts';

/** Data files that plans in tests may name. */
const files: Readonly<Record<string, string>> = {
  'users.csv': 'user,email\na,a@x.test\nb,b@x.test\nc,c@x.test\n',
  'ragged.csv': 'user,email\na\n',
  'empty.csv': '',
};

export const readPlan = (text: string, options: Partial<PlanOptions> = {}): ParsedPlan =>
  parsePlan(text, {
    file: 'plan.yml',
    guard: addressGuard([]),
    readData(file) {
      const body = files[file];
      if (body === undefined) return { kind: 'missing', reason: 'there is no such file' };
      return { kind: 'found', body: new TextEncoder().encode(body) };
    },
    ...options,
  });

/** The compiled plan of a text that has no mistakes. */
export const compiled = (text: string, options: Partial<PlanOptions> = {}): Plan => {
  const parsed = readPlan(text, options);
  if (parsed.kind === 'plan') return parsed.plan;
  throw new Error(`This plan was meant to be right:\n${formatProblems(parsed.problems)}`);
};
