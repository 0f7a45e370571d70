import { describe, expect, it } from 'vitest';
import { nativeEngine } from '../../src/engine/native-engine.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { exitDocument } from '../../src/run/documents.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { runWorker } from '../../src/worker/run-worker.ts';
import type { WorkerPorts } from '../../src/worker/worker-ports.ts';
import { aPlan } from '../plan/a-plan.ts';
import { startOfTime, testPorts } from '../run/builders.ts';

const worker = { shard: 0, attempt: 0 };
const keys = runKeys('r1');
const hooks = { file: 'hooks.ts', upload: 'uploads/h', bytes: 1, exports: ['sign'] };

/** What the worker of a run with that plan says when it goes; its hook file is changed, or gone, after the plan was checked. */
const goodbyeOf = async (plan: Plan, hookSource: string | undefined) => {
  const { ports, store } = testPorts();
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  await store.put(keys.plan, encode(JSON.stringify(plan)));
  await store.put(hooks.upload, encode('x'));
  await planRun(ports, { runId: 'r1' });
  if (hookSource === undefined) await store.delete(hooks.upload);
  else await store.put(hooks.upload, encode(hookSource));
  const workerPorts: WorkerPorts = {
    store,
    engine: nativeEngine,
    threadEntry: new URL('./support/paper-engine-thread.ts', import.meta.url),
    processors: 1,
    allowedTargets: [],
    clock: { nowMillis: () => startOfTime },
    pid: 7,
    clockBoundMillis: 0,
    interrupted: new AbortController().signal,
    log: () => undefined,
  };
  await expect(runWorker(workerPorts, 'r1', worker)).rejects.toThrow();
  expect(store.json(keys.hello(worker))).toBeUndefined();
  return exitDocument.parse(store.json(keys.exit(worker)));
};

describe('a worker that can not get ready', () => {
  it('says that the plan is refused when that is why', async () => {
    expect(await goodbyeOf(aPlan({ hooks }), "throw new Error('no key')")).toMatchObject({
      reason: 'plan refused',
      detail: expect.stringMatching(/^the hooks in hooks\.ts can't be loaded: no key/),
      segments: 0,
    });
  });

  it('says what was missing otherwise', async () => {
    expect(await goodbyeOf(aPlan({ hooks }), undefined)).toMatchObject({
      reason: 'error',
      detail: 'uploads/h, the bytes of hooks.ts, is not in the store',
    });
  });
});
