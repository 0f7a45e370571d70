import { lookup as dnsLookup } from 'node:dns/promises';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BadInputError } from '../errors.ts';
import { addressGuard } from '../plan/allowed-targets.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { formatProblems } from '../plan/plan-problem.ts';
import { checkTargets, type Lookup } from './check-targets.ts';
import { readProjectConfig } from './project-config.ts';

export interface PlanRequest {
  /** Absolute, or relative to the current folder. */
  readonly file: string;
  readonly set: Readonly<Record<string, string>>;
  readonly workers?: number;
}

export type LoadedPlan =
  | { readonly kind: 'loaded'; readonly plan: Plan; readonly uploads: ReadonlyMap<string, Uint8Array> }
  /** A report for the user; nothing may be started. */
  | { readonly kind: 'refused'; readonly report: string };

const reasonOf = (error: unknown): string => {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'reading it is not permitted';
    default:
      return (error as Error).message;
  }
};

const lookupAll: Lookup = async (host) =>
  (await dnsLookup(host, { all: true })).map(({ address }) => address);

/** Reads a plan with its data files and the project's configuration. Throws `BadInput` when a file can't be read. */
export const loadPlan = async (
  request: PlanRequest,
  cwd: string,
  options: { readonly resolveNames: boolean; readonly lookup?: Lookup },
): Promise<LoadedPlan> => {
  const guard = addressGuard((await readProjectConfig(cwd)).allowedTargets);
  const path = resolve(cwd, request.file);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new BadInputError(`the plan ${request.file} can't be read: ${reasonOf(error)}`, { cause: error });
  });
  const parsed = parsePlan(text, {
    file: request.file,
    readData(file) {
      try {
        return { kind: 'found', body: readFileSync(resolve(dirname(path), file)) };
      } catch (error) {
        return { kind: 'missing', reason: reasonOf(error) };
      }
    },
    set: request.set,
    ...(request.workers === undefined ? {} : { workers: request.workers }),
    guard,
  });
  if (parsed.kind === 'problems') return { kind: 'refused', report: formatProblems(parsed.problems) };
  if (options.resolveNames) {
    const reasons = await checkTargets(parsed.plan, guard, options.lookup ?? lookupAll);
    if (reasons.length > 0) {
      return { kind: 'refused', report: reasons.map((reason) => `${request.file}: ${reason}`).join('\n') };
    }
  }
  return { kind: 'loaded', plan: parsed.plan, uploads: parsed.uploads };
};
