import type { DocumentProblem } from '../document/document-problem.ts';
import { readDocumentSource } from '../document/document-source.ts';
import { type Finding, isMapping, problemsOf, type Report, schemaFindings } from '../document/findings.ts';
import type { AddressGuard } from './allowed-targets.ts';
import { arrivalSchedule } from './arrival-schedule.ts';
import { compileAbortOn } from './compile-abort-on.ts';
import { checkCredentials } from './compile-auth.ts';
import { dataCompiler } from './compile-data.ts';
import { fileCompiler, type ReadFile } from './compile-files.ts';
import { compileLoad } from './compile-load.ts';
import { compilePlan } from './compile-plan.ts';
import { checkHeaderNames, type RequestDefaults } from './compile-request.ts';
import { compileScenarios } from './compile-scenarios.ts';
import { compileThresholds } from './compile-thresholds.ts';
import { compileTls } from './compile-tls.ts';
import { compileWarmup } from './compile-warmup.ts';
import { dataNeeds } from './data-needs.ts';
import { workersDocument } from './document-settings.ts';
import { firstEpoch } from './epochs.ts';
import { parseTarget } from './parse-target.ts';
import type { Plan } from './plan.ts';
import { planDocument } from './plan-document.ts';
import { type CompileHooks, readHooks } from './plan-hooks.ts';
import { fillVariables, planVariables } from './plan-variables.ts';
import { planStepNames } from './step-names.ts';

export interface PlanOptions {
  /** The plan's file as the user named it, for messages. */
  readonly file: string;
  /** For data, uploads, parts of a body and certificates. */
  readonly readFile: ReadFile;
  readonly compileHooks: CompileHooks;
  /** `--set`: values for variables of the plan. */
  readonly set?: Readonly<Record<string, string>>;
  /** `--workers`: instead of the plan's number. */
  readonly workers?: number;
  /** Where the plan runs, when it says nothing of `workers.readyTimeout`. Default: 30. */
  readonly readyTimeoutSeconds?: number;
  readonly guard: AddressGuard;
}

export type ParsedPlan =
  /** `uploads` are the files that the plan refers to, by their key in the object store. */
  | { readonly kind: 'plan'; readonly plan: Plan; readonly uploads: ReadonlyMap<string, Uint8Array> }
  /** At least one, in the order of the document. */
  | { readonly kind: 'problems'; readonly problems: readonly DocumentProblem[] };

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

/** Each thread of a worker has a share of the worker's limits, and a share of nothing could send nothing. */
const checkShares = ({ workers, connections }: Plan, report: Report): void => {
  const { threads, maxInFlight } = workers;
  if (threads === 'auto') return;
  const expected = `at least ${threads}, one for each of workers.threads`;
  if (maxInFlight < threads) report({ path: ['workers', 'maxInFlight'], expected });
  if ((connections.max ?? threads) < threads) report({ path: ['connections', 'max'], expected });
};

const checkArrivals = (plan: Plan, report: Report): void => {
  if (plan.load.model === 'open') {
    const { total, countBefore } = arrivalSchedule(plan, [firstEpoch(1)]);
    if (total === 0) {
      report({ path: ['load'], expected: 'stages with at least one arrival; these have none' });
    } else if (countBefore(plan.warmupSeconds) === total) {
      report({ path: ['load'], expected: 'at least one arrival after the warm-up; there is none' });
    }
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

const requestDefaults = (written: Readonly<Record<string, unknown>>, report: Report): RequestDefaults => {
  const { shape } = planDocument;
  const headers = shape.headers.safeParse(written.headers).data ?? {};
  const auth = shape.auth.safeParse(written.auth).data;
  checkHeaderNames(headers, ['headers'], report);
  checkCredentials({ headers, auth }, [], report);
  return {
    headers,
    auth,
    timeoutSeconds: shape.timeout.safeParse(written.timeout).data ?? 0,
    redirects: shape.redirects.safeParse(written.redirects).data ?? 0,
  };
};

/**
 * Reads a plan document (YAML or JSON), checks all of it, and compiles it. Everything that is wrong is reported
 * together. Pure apart from what `options` can read. Never throws for what is written in the document.
 */
export const parsePlan = (text: string, options: PlanOptions): ParsedPlan => {
  const { file, guard } = options;
  const source = readDocumentSource(text);
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
  const load = compileLoad(filled.load, written, report);
  const warmupSeconds = compileWarmup(filled.load, load, report);
  const files = fileCompiler(options.readFile);
  const tls = compileTls(written.tls, files, report);
  const hooks = readHooks(written.hooks, options.compileHooks, files, report);
  const scenarios = compileScenarios(written.scenarios, {
    defaults: requestDefaults(written, report),
    variables: Object.keys(variables),
    data: dataCompiler(files),
    files,
    hooks,
    guard,
    report,
  });
  const areStepsKnown = planDocument.shape.scenarios.safeParse(written.scenarios).success;
  const stepNames = areStepsKnown ? planStepNames({ scenarios }) : undefined;
  const thresholds = compileThresholds(written.thresholds, stepNames, report);
  const abortOn = compileAbortOn(written.abortOn, stepNames, report);
  if (findings.length > 0 || !parsed.success || load === undefined) return refused(filled);

  const name = parsed.data.name ?? nameOfFile(file);
  const hookFile = hooks.kind === 'known' ? { hooks: hooks.hooks } : {};
  const parts = {
    name,
    target,
    load,
    warmupSeconds,
    tls,
    ...hookFile,
    variables,
    scenarios,
    thresholds,
    abortOn,
  };
  const plan = compilePlan(parsed.data, parts, options);
  checkShares(plan, report);
  checkArrivals(plan, report);
  return findings.length > 0 ? refused(filled) : { kind: 'plan', plan, uploads: files.uploads };
};
