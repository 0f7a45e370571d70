import { afterEach, describe, expect, it } from 'vitest';
import { planSubmission } from '../../src/cli/plan-submission.ts';
import { formatProblems } from '../../src/document/document-problem.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import type { RunApi, StartRequest } from '../../src/platform/ports/run-api.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import type { RunPorts } from '../../src/run/run-ports.ts';
import { aSummary } from '../cli/builders.ts';
import type { MemoryStore } from '../run/builders.ts';

/** An API, and what its runs stand on: the contract plays the part of the state machine. */
export interface RunApiUnderTest {
  readonly api: RunApi;
  readonly ports: RunPorts;
  readonly store: MemoryStore;
  /** Lets so much time pass for whoever makes run ids. */
  pass(seconds: number): void;
  close(): Promise<void>;
}

const planText = (rest = ''): string =>
  `version: 1\nname: shop\ntarget: http://127.0.0.1:8080\nload: [{ for: 20s, rate: 200 }]\n${rest || 'scenarios: [{ name: a, steps: [{ get: / }] }]\n'}`;

/** A plan as the command line hands it over: compiled, with its files, and as it was written. */
export const aStartRequest = (
  text = planText(),
  files: Readonly<Record<string, string>> = {},
): StartRequest => {
  const parsed = parsePlan(text, {
    file: 'plan.yml',
    readFile: (file) =>
      files[file] === undefined
        ? { kind: 'missing', reason: 'not here' }
        : { kind: 'found', body: new TextEncoder().encode(files[file]) },
    compileHooks: () => ({ kind: 'problem', reason: 'not here' }),
    guard: addressGuard([]),
  });
  if (parsed.kind === 'problems') throw new Error(formatProblems(parsed.problems));
  const { plan, uploads } = parsed;
  return { plan, uploads, source: planSubmission({ text, name: 'plan.yml', set: {} }, plan, uploads) };
};

const withData = planText(
  'scenarios:\n  - { name: a, data: { file: users.csv, use: cycle }, steps: [{ get: "/{{id}}" }] }\n  - { name: b, data: { file: ./users.csv, use: cycle }, steps: [{ get: "/{{id}}" }] }\n',
);

/** What every run API must do; run on each implementation. */
export const describeRunApiContract = (name: string, open: () => Promise<RunApiUnderTest>): void => {
  describe(`run API contract: ${name}`, () => {
    const opened: RunApiUnderTest[] = [];
    const fresh = async (): Promise<RunApiUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    const endRun = async ({ store }: RunApiUnderTest, runId: string) => {
      const summary = aSummary({ runId });
      await store.put(runKeys(runId).summary, new TextEncoder().encode(JSON.stringify(summary)));
      return summary;
    };

    it.each<[string, (api: RunApi) => Promise<unknown>]>([
      ['progress', (api) => api.progress('20260101-000000-none')],
      ['summary', (api) => api.summary('20260101-000000-none')],
      ['timeline', (api) => api.timeline('20260101-000000-none', 0)],
      ['stop', (api) => api.stop('20260101-000000-none', 'x')],
      ['scale', (api) => api.scale('20260101-000000-none', { workers: 2 })],
    ])('throws RunNotFound for an id that no run has: %s', async (_, call) => {
      await expect(call((await fresh()).api)).rejects.toMatchObject({ name: 'RunNotFound' });
    });

    it('checks a plan without starting anything', async () => {
      const { api, store } = await fresh();
      const request = aStartRequest();
      const checked = await api.check(request);
      expect(checked).toMatchObject({ kind: 'accepted', preflight: { workers: { count: 1 }, problems: [] } });
      expect(checked.kind === 'accepted' && checked.plan).toEqual(request.plan);
      expect(await api.list({ limit: 10 })).toEqual({ runs: [] });
      expect([...store.objects.keys()].filter((key) => key.startsWith('runs/'))).toEqual([]);
    });

    it('starts a run: its plan and data are stored, and it is listed and going on', async () => {
      const { api, store } = await fresh();
      const request = aStartRequest(withData, { 'users.csv': 'id\n1\n', './users.csv': 'id\n1\n' });
      const { runId, created } = await api.start(request);
      expect(created).toBe(true);
      expect(store.json(runKeys(runId).plan)).toEqual(request.plan);
      for (const [key, body] of request.uploads)
        expect(Buffer.from(store.objects.get(key)?.body ?? [])).toEqual(Buffer.from(body));
      const { runs } = await api.list({ limit: 10 });
      expect(runs).toMatchObject([
        { runId, name: 'shop', target: 'http://127.0.0.1:8080', status: 'running' },
      ]);
      expect(await api.summary(runId)).toBeUndefined();
      expect(await api.progress(runId)).toMatchObject({ runId, phase: 'launching', durationSeconds: 20 });
      expect(await api.timeline(runId, 0)).toEqual({ rows: [], nextSecond: 0, complete: false });
    });

    it('takes the same key with the same request for the same run, and refuses it with another', async () => {
      const { api, pass } = await fresh();
      const key = { idempotencyKey: 'contract-1' };
      const first = await api.start(aStartRequest(), key);
      pass(1);
      expect(await api.start(aStartRequest(), key)).toEqual({ runId: first.runId, created: false });
      const other = aStartRequest(planText().replace('200', '201'));
      await expect(api.start(other, key)).rejects.toMatchObject({ name: 'IdempotencyConflict' });
      expect((await api.list({ limit: 10 })).runs).toHaveLength(1);
    });

    it('starts as many runs as it is asked to without a key', async () => {
      const { api, pass } = await fresh();
      const first = await api.start(aStartRequest());
      pass(1);
      const second = await api.start(aStartRequest());
      expect(second.runId).not.toBe(first.runId);
    });

    it('lists runs newest first, page by page', async () => {
      const { api, pass } = await fresh();
      const ids: string[] = [];
      for (let run = 0; run < 3; run++) {
        ids.unshift((await api.start(aStartRequest())).runId);
        pass(1);
      }
      const first = await api.list({ limit: 2 });
      expect(first.runs.map(({ runId }) => runId)).toEqual(ids.slice(0, 2));
      expect(first.next).toEqual(expect.any(String));
      const second = await api.list({ limit: 2, after: first.next ?? '' });
      expect(second.runs.map(({ runId }) => runId)).toEqual(ids.slice(2));
      expect(second.next).toBeUndefined();
    });

    it('refuses commands until the run is planned, then carries them out', async () => {
      const { api, ports, store } = await fresh();
      const { runId } = await api.start(aStartRequest());
      await expect(api.stop(runId, 'x')).rejects.toMatchObject({ name: 'RunNotPlanned' });
      await planRun(ports, { runId });
      await api.scale(runId, { workers: 3, rateScale: 2 });
      expect(store.json(runKeys(runId).control)).toMatchObject({ wantedWorkers: 3 });
      await api.stop(runId, 'enough');
      expect(store.json(runKeys(runId).control)).toMatchObject({ stop: { reason: 'enough' } });
      await expect(api.scale(runId, { workers: 4 })).rejects.toMatchObject({ name: 'RunAlreadyEnded' });
    });

    it.each([{ workers: 0 }, { workers: 1001 }, { workers: 1.5 }, { rateScale: 0 }, { rateScale: 101 }])(
      'throws BadInput for a change to %j',
      async (change) => {
        const { api, ports } = await fresh();
        const { runId } = await api.start(aStartRequest());
        await planRun(ports, { runId });
        await expect(api.scale(runId, change)).rejects.toMatchObject({ name: 'BadInput' });
      },
    );

    it('has the summary of a run that has ended, and takes no more commands for it', async () => {
      const made = await fresh();
      const { runId } = await made.api.start(aStartRequest());
      const summary = await endRun(made, runId);
      expect(await made.api.summary(runId)).toEqual(summary);
      expect(await made.api.progress(runId)).toMatchObject({ phase: 'ended', outcome: 'passed' });
      expect((await made.api.list({ limit: 1 })).runs).toMatchObject([{ runId, status: 'passed' }]);
      await expect(made.api.stop(runId, 'x')).rejects.toMatchObject({ name: 'RunAlreadyEnded' });
      await expect(made.api.scale(runId, { workers: 2 })).rejects.toMatchObject({ name: 'RunAlreadyEnded' });
    });
  });
};
