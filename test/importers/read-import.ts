import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblems } from '../../src/document/document-problem.ts';
import { formatImport } from '../../src/importers/format-import.ts';
import type { Imported } from '../../src/importers/imported.ts';
import type { AddressGuard } from '../../src/plan/allowed-targets.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import type { Plan, RequestStep, Step } from '../../src/plan/plan.ts';
import { makeCertificate } from '../engine/support/certificate.ts';

export const fixture = (file: string): string => readFileSync(join('test/fixtures/import', file), 'utf8');

const { cert, key } = await makeCertificate();

/** Files that imported plans name. */
const files: Readonly<Record<string, string>> = {
  './users.csv': 'username,password\na,b\n',
  'users.csv': 'email\na@x.test\n',
  'cities.csv': 'city\nParis\n',
  'ca.pem': cert,
  'me.pem': cert,
  'me.key': key,
};

export type Carried = Extract<Imported, { readonly kind: 'imported' }>;

/** An import that is meant to work. */
export const carried = (imported: Imported): Carried => {
  if (imported.kind === 'imported') return imported;
  throw new Error(`${imported.line ?? ''} ${imported.reason}`);
};

/** Recordings are of any host; nothing is sent to them here. */
const anyHost: AddressGuard = { refusesHost: () => undefined, refusesAddress: () => undefined };

/** The plan as YAML. */
export const planText = (imported: Imported): string =>
  formatImport(carried(imported).plan, carried(imported), { file: 'source', command: 'stormdrain import' });

/** The plan compiled from its YAML; throws with the report when it has mistakes. */
export const planOf = (imported: Imported): Plan => {
  const text = planText(imported);
  const parsed = parsePlan(text, {
    file: 'plan.yml',
    guard: anyHost,
    readFile: (file) => ({ kind: 'found', body: new TextEncoder().encode(files[file] ?? 'x') }),
    compileHooks: () => ({ kind: 'problem', reason: 'there are none' }),
  });
  if (parsed.kind === 'plan') return parsed.plan;
  throw new Error(`${formatProblems(parsed.problems)}\n${text}`);
};

const requestsIn = (steps: readonly Step[]): readonly RequestStep[] =>
  steps.flatMap((step): readonly RequestStep[] => {
    if (step.kind === 'request') return [step];
    return step.kind === 'think' ? [] : requestsIn(step.steps);
  });

/** Every request step of a plan. */
export const requestsOf = (plan: Plan): readonly RequestStep[] =>
  plan.scenarios.flatMap(({ steps }) => requestsIn(steps));

/** What could not be carried over, as `line what`. */
export const leftoversOf = (imported: Imported): readonly string[] =>
  carried(imported).leftovers.map(({ line, what }) => `${line ?? '-'} ${what}`);
