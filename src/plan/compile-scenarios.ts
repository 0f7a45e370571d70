import type { DocumentPath } from '../document/document-source.ts';
import { isMapping, type Report } from '../document/findings.ts';
import type { DataCompiler } from './compile-data.ts';
import type { StepSurroundings } from './compile-request.ts';
import { compileSteps } from './compile-steps.ts';
import { mostRequests } from './count-requests.ts';
import type { DataSource, Scenario, Step } from './plan.ts';
import { dataDocument, scenarioDocument } from './plan-document.ts';
import type { Scope } from './plan-variables.ts';

const largestWeightSum = 10_000;

const mostRequestsOfArrival = 1_000_000;

/** What all scenarios of a plan share. */
export interface ScenarioSurroundings extends Omit<StepSurroundings, 'scope'> {
  readonly variables: readonly string[];
  readonly data: DataCompiler;
}

const compileData = (
  written: unknown,
  path: DocumentPath,
  { data, report }: ScenarioSurroundings,
): DataSource | undefined => {
  if (!isMapping(written)) return undefined;
  const file = dataDocument.shape.file.safeParse(written.file).data;
  const use = dataDocument.shape.use.safeParse(written.use).data ?? 'cycle';
  return file === undefined ? undefined : data.compile({ file, use }, path, report);
};

const compileScenario = (
  written: Readonly<Record<string, unknown>>,
  path: DocumentPath,
  around: ScenarioSurroundings,
): Omit<Scenario, 'name' | 'weight'> => {
  const data = compileData(written.data, [...path, 'data'], around);
  const scope: Scope = {
    names: new Set([...around.variables, ...(data?.columns ?? [])]),
    complete: data !== undefined || !Object.hasOwn(written, 'data'),
  };
  const steps = compileSteps(written.steps, [...path, 'steps'], { ...around, scope });
  return { ...(data === undefined ? {} : { data }), steps };
};

const checkRequests = (
  steps: readonly Step[],
  isComplete: boolean,
  path: DocumentPath,
  report: Report,
): void => {
  const requests = mostRequests(steps);
  if (requests === 0 && steps.length > 0 && isComplete) {
    report({ path, expected: 'at least one step that sends a request' });
  }
  if (requests > mostRequestsOfArrival) {
    report({ path, expected: `at most ${mostRequestsOfArrival} requests of one arrival, not ${requests}` });
  }
};

/** The scenarios as far as they can be read. Complete only when nothing was reported, here or by the schema. */
export const compileScenarios = (written: unknown, around: ScenarioSurroundings): readonly Scenario[] => {
  const { report } = around;
  const scenarios: Scenario[] = [];
  const names = new Set<string>();
  let weights = 0;
  for (const [index, raw] of (Array.isArray(written) ? written : []).entries()) {
    if (!isMapping(raw)) continue;
    const path = ['scenarios', index];
    const { data, steps } = compileScenario(raw, path, around);
    const name = scenarioDocument.shape.name.safeParse(raw.name).data ?? '';
    const weight = scenarioDocument.shape.weight.safeParse(raw.weight).data ?? 1;
    if (name !== '' && names.has(name))
      report({ path: [...path, 'name'], expected: 'a name that no other scenario has' });
    names.add(name);
    const isComplete = steps.length === (raw.steps as readonly unknown[] | undefined)?.length;
    checkRequests(steps, isComplete, [...path, 'steps'], report);
    weights += weight;
    scenarios.push({ name, weight, ...(data === undefined ? {} : { data }), steps });
  }
  if (weights > largestWeightSum) {
    report({
      path: ['scenarios'],
      expected: `weights of at most ${largestWeightSum} together, not ${weights}`,
    });
  }
  return scenarios;
};
