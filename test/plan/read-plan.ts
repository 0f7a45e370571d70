import { generate } from 'selfsigned';
import { formatProblems } from '../../src/document/document-problem.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { largestFileBytes } from '../../src/plan/compile-files.ts';
import { type ParsedPlan, type PlanOptions, parsePlan } from '../../src/plan/parse-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';

const aPair = () =>
  generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec', algorithm: 'sha256' });
const [client, other] = await Promise.all([aPair(), aPair()]);

/** Files that plans in tests may name. */
const files: Readonly<Record<string, string | Uint8Array>> = {
  'users.csv': 'user,email\na,a@x.test\nb,b@x.test\nc,c@x.test\n',
  'ragged.csv': 'user,email\na\n',
  'empty.csv': '',
  'images/photo.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0xff),
  'huge.bin': new Uint8Array(largestFileBytes + 1),
  'ca.pem': other.cert,
  'client.pem': client.cert,
  'client.key': client.private,
  'other.key': other.private,
  'locked.key': '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
  'broken.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
};

/** Compiled hooks by file. */
const hooks: Readonly<Record<string, readonly string[]>> = { 'hooks.ts': ['sign', 'check'] };

export const readPlan = (text: string, options: Partial<PlanOptions> = {}): ParsedPlan =>
  parsePlan(text, {
    file: 'plan.yml',
    guard: addressGuard([]),
    readFile(file) {
      const body = files[file];
      if (body === undefined) return { kind: 'missing', reason: 'there is no such file' };
      return { kind: 'found', body: typeof body === 'string' ? new TextEncoder().encode(body) : body };
    },
    compileHooks(file) {
      const exports = hooks[file];
      if (exports === undefined) return { kind: 'problem', reason: `${file}:1:1: it has a mistake` };
      return { kind: 'compiled', body: new TextEncoder().encode(`compiled ${file}`), exports };
    },
    ...options,
  });

/** The compiled plan of a text that has no mistakes. */
export const compiled = (text: string, options: Partial<PlanOptions> = {}): Plan => {
  const parsed = readPlan(text, options);
  if (parsed.kind === 'plan') return parsed.plan;
  throw new Error(`This plan was meant to be right:\n${formatProblems(parsed.problems)}`);
};
