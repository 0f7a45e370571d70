import type { AddressGuard } from './allowed-targets.ts';
import { arrivalSchedule } from './arrival-schedule.ts';
import { dataCompiler, type ReadData } from './compile-data.ts';
import { compileLoad } from './compile-load.ts';
import { compileScenarios } from './compile-scenarios.ts';
import { checkHeaderNames } from './compile-steps.ts';
import { compileThresholds } from './compile-thresholds.ts';
import { dataNeeds } from './data-needs.ts';
import { firstEpoch } from './epochs.ts';
import { parseTarget } from './parse-target.ts';
import type { Plan } from './plan.ts';
import { type PlanDocument, planDocument, workersDocument } from './plan-document.ts';
import { type Finding, isMapping, problemsOf, type Report, schemaFindings } from './plan-findings.ts';
import type { PlanProblem } from './plan-problem.ts';
import { readPlanSource } from './plan-source.ts';
import { fillVariables, planVariables } from './plan-variables.ts';
import { planStepNames } from './step-names.ts';

export interface PlanOptions {
  /** The plan's file as the user named it, for messages. */
  readonly file: string;
  readonly readData: ReadData;
  /** `--set`: values for variables of the plan. */
  readonly set?: Readonly<Record<string, string>>;
  /** `--workers`: instead of the plan's number. */
  readonly workers?: number;
  readonly guard: AddressGuard;
}

export type ParsedPlan =
  /** `uploads` are the data files by their key in the object store. */
  | { readonly kind: 'plan'; readonly plan: Plan; readonly uploads: ReadonlyMap<string, Uint8Array> }
  /** At least one, in the order of the document. */
  | { readonly kind: 'problems'; readonly problems: readonly PlanProblem[] };

const nameOfFile = (file: string): string => file.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '') || 'plan';

const checkTarget = (written: unknown, guard: AddressGuard, report: Report): string => {
  if (typeof written !== 'string' || written.trim() === '') return '';
  const path = ['target'];
  const parsed = parseTarget(written.trim());
  if (parsed.kind === 'problem') {
    report({ path, expected: parsed.expected });
    return '';
  }
  const refusal = guard.refusesHost(parsed.hostname);
  if (refusal !== undefined) report({ path, code: 'target-not-allowed', expected: refusal });
  return parsed.target;
};

const checkWorkers = (count: number | undefined, report: Report): void => {
  if (count === undefined) return;
  for (const issue of workersDocument.shape.count.safeParse(count).error?.issues ?? []) {
    report({ path: [], expected: issue.message, option: { name: '--workers', given: String(count) } });
  }
};

const checkArrivals = (plan: Plan, report: Report): void => {
  if (plan.load.model === 'open' && arrivalSchedule(plan, [firstEpoch(1)]).total === 0) {
    report({ path: ['load'], expected: 'stages with at least one arrival; these have none' });
  }
  for (const { scenario, needed, have, file } of dataNeeds(plan)) {
    if (needed === undefined || needed <= have) continue;
    const path = ['scenarios', scenario, 'data', 'use'];
    report({
      path,
      expected: `${needed} rows in ${file} to use each once, but it has ${have}; add rows or cycle`,
    });
  }
};

/** The parts that only make sense together; a plan that can run when nothing was reported. */
const compilePlan = (
  document: PlanDocument,
  compiled: Pick<Plan, 'name' | 'target' | 'load' | 'variables' | 'scenarios' | 'thresholds'>,
  workers: number | undefined,
): Plan => ({
  version: 1,
  ...compiled,
  seed: document.seed,
  workers: {
    count: workers ?? document.workers.count,
    maxInFlight: document.workers.maxInFlight,
    readyTimeoutSeconds: document.workers.readyTimeout,
  },
  finishSeconds: document.finish,
  validity: {
    sendLagP99Millis: document.validity.sendLagP99,
    missedFraction: document.validity.missed,
    missingSegments: document.validity.missingSegments,
    clockBoundMillis: document.validity.clockBound,
    cpuFraction: document.validity.cpu,
    eventLoopLagMillis: document.validity.eventLoopLag,
  },
});

/**
 * Reads a plan document (YAML or JSON), checks all of it, and compiles it. Everything that is wrong is reported
 * together. Pure apart from `readData`. Never throws for what is written in the document.
 */
export const parsePlan = (text: string, options: PlanOptions): ParsedPlan => {
  const { file, guard } = options;
  const source = readPlanSource(text);
  if (source.problems.length > 0) {
    const problems = source.problems.map((problem) => ({
      code: 'invalid' as const,
      file,
      path: '',
      value: '',
      ...problem,
    }));
    return { kind: 'problems', problems };
  }
  const findings: Finding[] = [];
  const report: Report = (finding) => void findings.push(finding);
  const refused = (filled: unknown): ParsedPlan => ({
    kind: 'problems',
    problems: problemsOf(findings, file, source, filled),
  });
  const { data: written } = source;
  if (!isMapping(written)) {
    report({ path: [], expected: 'a plan, which is a mapping that begins with version: 1' });
    return refused(written);
  }

  const variables = planVariables(written.variables, options.set ?? {}, report);
  const filled = fillVariables(written, variables, report);
  const unfilled = new Set(findings.map(({ path }) => JSON.stringify(path)));
  const parsed = planDocument.safeParse(filled);
  for (const finding of schemaFindings(parsed.error?.issues ?? [])) {
    // A value with a variable that can't be put in is reported as such, not as a bad value too.
    if (!unfilled.has(JSON.stringify(finding.path))) report(finding);
  }
  const target = unfilled.has('["target"]') ? '' : checkTarget(filled.target, guard, report);
  checkWorkers(options.workers, report);
  const { shape } = planDocument;
  const load = compileLoad(filled.load, shape.arrivals.safeParse(written.arrivals).data, report);
  const data = dataCompiler(options.readData);
  const headers = shape.headers.safeParse(written.headers).data ?? {};
  checkHeaderNames(headers, ['headers'], report);
  const scenarios = compileScenarios(written.scenarios, {
    headers,
    timeoutSeconds: shape.timeout.safeParse(written.timeout).data ?? 0,
    variables: Object.keys(variables),
    guard,
    data,
    report,
  });
  const areStepsKnown = shape.scenarios.safeParse(written.scenarios).success;
  const stepNames = areStepsKnown ? planStepNames({ scenarios }) : undefined;
  const thresholds = compileThresholds(written.thresholds, stepNames, report);
  if (findings.length > 0 || !parsed.success || load === undefined) return refused(filled);

  const name = parsed.data.name ?? nameOfFile(file);
  const parts = { name, target, load, variables, scenarios, thresholds };
  const plan = compilePlan(parsed.data, parts, options.workers);
  checkArrivals(plan, report);
  return findings.length > 0 ? refused(filled) : { kind: 'plan', plan, uploads: data.uploads };
};
