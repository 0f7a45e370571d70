import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { type SubmitRequest, submitRun } from '../../src/run/submit-run.ts';
import { encode } from './a-run.ts';
import { aControl, aPlan, testPorts } from './builders.ts';
import { PaperWorkflow } from './paper-workflow.ts';

const aRequest = (text = 'name: shop'): SubmitRequest => ({
  plan: aPlan(),
  uploads: new Map([['uploads/abc', encode('rows')]]),
  source: { text, name: 'plan.yaml', files: {}, set: {} },
});

const submitting = () => {
  const made = testPorts();
  const workflow = new PaperWorkflow();
  const submit = (request: SubmitRequest, key?: string) =>
    submitRun({ ...made.ports, workflow }, request, key);
  const listed = () => [...made.store.objects.keys()].filter((key) => key.startsWith('runs/index/'));
  return { ...made, workflow, submit, listed };
};

describe('submitting a run', () => {
  it('starts one for each call without a key', async () => {
    const { submit, workflow, listed } = submitting();
    const [first, second] = [await submit(aRequest()), await submit(aRequest())];
    expect(first.runId).not.toBe(second.runId);
    expect(workflow.starts).toEqual([first.runId, second.runId]);
    expect(listed()).toHaveLength(2);
  });

  it('starts one for a key, also when the second call comes later, or at once', async () => {
    const { submit, workflow, listed, time } = submitting();
    const calls = await Promise.all([1, 2, 3].map(() => submit(aRequest(), 'key')));
    time.millis += 60_000;
    calls.push(await submit({ ...aRequest(), plan: aPlan({ seed: 99 }) }, 'key'));
    expect(new Set(calls.map(({ runId }) => runId)).size).toBe(1);
    expect(calls.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(workflow.starts).size).toBe(1);
    expect(listed()).toHaveLength(1);
  });

  it('refuses a key that was used for another request, and starts nothing', async () => {
    const { submit, workflow } = submitting();
    await submit(aRequest(), 'key');
    await expect(submit(aRequest('name: other'), 'key')).rejects.toMatchObject({
      name: 'IdempotencyConflict',
      message: expect.stringContaining('key was used for another request'),
    });
    expect(workflow.starts).toHaveLength(1);
  });

  it('completes a call that broke off at any of its writes or at its start', async () => {
    for (let crashAt = 1; crashAt <= 5; crashAt++) {
      const { submit, workflow, store, listed } = submitting();
      let puts = 0;
      store.before = (operation) => {
        if (crashAt < 5 && operation === 'put' && ++puts === crashAt)
          throw new StoreUnavailableError('crash');
      };
      let starts = 0;
      workflow.before = () => {
        if (crashAt === 5 && ++starts === 1) throw new StoreUnavailableError('crash');
      };
      await expect(submit(aRequest(), 'key')).rejects.toMatchObject({ name: 'StoreUnavailable' });
      const { runId } = await submit(aRequest(), 'key');
      expect(workflow.starts).toEqual([runId]);
      expect(store.objects.has(runKeys(runId).plan)).toBe(true);
      expect(listed()).toHaveLength(1);
    }
  });

  it('does not start a run again that was planned, whoever has forgotten its execution', async () => {
    const { submit, workflow, store } = submitting();
    const { runId } = await submit(aRequest(), 'key');
    workflow.statuses.clear();
    await store.put(runKeys(runId).control, encode(aControl({ runId })));
    expect(await submit(aRequest(), 'key')).toEqual({ runId, created: false });
    expect(workflow.starts).toHaveLength(1);
  });
});
