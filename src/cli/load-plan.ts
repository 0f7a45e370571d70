import { lookup as dnsLookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInputError, PlanInvalidError } from '../errors.ts';
import { type AddressGuard, addressGuard } from '../plan/allowed-targets.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { StartRequest } from '../platform/ports/run-api.ts';
import { compileHooks } from '../worker/compile-hooks.ts';
import { loadParts, type Uploads } from '../worker/load-parts.ts';
import { checkTargets, type Lookup } from './check-targets.ts';
import { describeReadError } from './describe-read-error.ts';
import { planSubmission } from './plan-submission.ts';
import { configFile, readProjectConfig } from './project-config.ts';
import { problemReport } from './report-refusal.ts';

export interface PlanRequest {
  /** Absolute, or relative to the current folder. */
  readonly file: string;
  readonly set: Readonly<Record<string, string>>;
  readonly workers?: number;
}

export type LoadedPlan =
  | ({ readonly kind: 'loaded' } & StartRequest)
  /** A report for the user; nothing may be started. */
  | { readonly kind: 'refused'; readonly report: string };

const lookupAll: Lookup = async (host) =>
  (await dnsLookup(host, { all: true })).map(({ address }) => address);

const allowingAdvice = `Load goes to this machine only, unless ${configFile} lists the host under allowedTargets.`;

const leftToStack: AddressGuard = { refusesHost: () => undefined, refusesAddress: () => undefined };

/** Loads the hooks as each worker will: what they throw while they are loaded should stop a run before it starts. */
const refusedHooks = async (plan: Plan, uploads: Uploads): Promise<string | undefined> => {
  if (plan.hooks === undefined) return undefined;
  try {
    await loadParts(plan, uploads);
    return undefined;
  } catch (error) {
    if (error instanceof PlanInvalidError) return error.message;
    throw error;
  }
};

/** Reads a plan with the files it refers to and the project's configuration. Throws `BadInput` when a file can't be read. */
export const loadPlan = async (
  request: PlanRequest,
  cwd: string,
  options: {
    readonly resolveNames: boolean;
    readonly lookup?: Lookup;
    /** Where load may go: what the project's configuration lists, or left to the stack that the plan is for. */
    readonly targets?: 'project' | 'stack';
  },
): Promise<LoadedPlan> => {
  const guard =
    options.targets === 'stack' ? leftToStack : addressGuard((await readProjectConfig(cwd)).allowedTargets);
  const path = resolve(cwd, request.file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new BadInputError(`the plan ${request.file} can't be read: ${describeReadError(error)}`, {
      cause: error,
    });
  });
  const beside = (file: string): string => resolve(dirname(path), file);
  const parsed = parsePlan(text, {
    file: request.file,
    readFile(file) {
      try {
        return { kind: 'found', body: readFileSync(beside(file)) };
      } catch (error) {
        return { kind: 'missing', reason: describeReadError(error) };
      }
    },
    compileHooks: (file) => compileHooks(beside(file)),
    set: request.set,
    ...(request.workers === undefined ? {} : { workers: request.workers }),
    guard,
  });
  if (parsed.kind === 'problems')
    return { kind: 'refused', report: problemReport(parsed.problems, allowingAdvice) };
  const refused = await refusedHooks(parsed.plan, parsed.uploads);
  if (refused !== undefined) return { kind: 'refused', report: `${request.file}: ${refused}` };
  if (options.resolveNames) {
    const reasons = await checkTargets(parsed.plan, guard, options.lookup ?? lookupAll);
    if (reasons.length > 0) {
      return { kind: 'refused', report: reasons.map((reason) => `${request.file}: ${reason}`).join('\n') };
    }
  }
  const { plan, uploads } = parsed;
  const { set, workers } = request;
  const document = { text, name: request.file, set, ...(workers === undefined ? {} : { workers }) };
  return { kind: 'loaded', plan, uploads, source: planSubmission(document, plan, uploads) };
};
