import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StartRequest } from '../../src/platform/ports/run-api.ts';
import { compile, openPlatform, type TestPlatform } from './harness.ts';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openPlatform();
});

afterEach(() => platform.close());

const shop = (threads: number, settings: string, step = '{ get: / }'): string => `
version: 1
name: refused
target: https://127.0.0.1:9
load: [{ for: 60s, rate: 5 }]
workers: { count: 2, threads: ${threads} }
${settings}
scenarios: [{ name: visit, steps: [${step}] }]
`;

/** A certificate that reading the plan finds nothing wrong with, as far as the run can tell. */
const badCertificate = (threads: number, uploaded = true): StartRequest => {
  const { plan, source } = compile(shop(threads, ''));
  const body = Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  const cert = { file: 'bad.pem', upload: 'uploads/bad', bytes: body.length };
  return {
    plan: { ...plan, tls: { ...plan.tls, cert } },
    uploads: new Map(uploaded ? [[cert.upload, body]] : []),
    source,
  };
};

const hooksOf = async (threads: number, source: string) => {
  const file = join(platform.home, 'hooks.ts');
  await writeFile(file, source);
  return compile(shop(threads, `hooks: ${file}`, '{ get: /, before: sign }'));
};

const throwing = "throw new Error('no key for signing');\nexport const sign = () => {};";

describe.each([1, 2])('a plan that only its workers can refuse, with %i engines each', (threads) => {
  it.each([
    [
      'certificates can not be used',
      async () => badCertificate(threads),
      /^PlanInvalid: tls: bad\.pem can't be used/,
    ],
    [
      'hooks throw when they are loaded',
      () => hooksOf(threads, throwing),
      /^PlanInvalid: the hooks in .*hooks\.ts can't be loaded: no key for signing \(hooks\.ts:1:7\)$/,
    ],
    [
      'hook is no function',
      () => hooksOf(threads, 'export const sign = 5;'),
      /^PlanInvalid: sign, which .*hooks\.ts exports, is no function$/,
    ],
  ])('ends at once, as an error that says which, when its %s', async (_, request, reason) => {
    const { runId } = await platform.api.start(await request());
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('error');
    expect(summary.verdict.reasons[0]).toMatch(reason);
    expect(summary.workers.map(({ attempt }) => attempt)).toEqual([0, 0]);
    expect(await platform.alive(runId)).toEqual([]);
  });
});

it('is refused before anything is launched when the content of a file was not uploaded', async () => {
  const { runId } = await platform.api.start(badCertificate(1, false));
  const summary = await platform.ended(runId);
  expect(summary.verdict.reasons[0]).toBe(
    'PlanInvalid: The content of bad.pem was not uploaded (uploads/bad).',
  );
  expect(summary.workers).toEqual([]);
});
