import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { executionEnded, parseExecutionEvent } from '../../src/run/execution-ended.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { runRowKey, runRowOf } from '../../src/run/run-row.ts';
import { aSummary } from '../cli/builders.ts';
import { startedRun } from './a-run.ts';
import type { MemoryStore } from './builders.ts';

const runId = 'r1';

const rowsIn = (store: MemoryStore): Record<string, unknown> =>
  Object.fromEntries(
    [...store.objects]
      .filter(([key]) => key.startsWith('tables/runs/'))
      .map(([key, { body }]) => [key, JSON.parse(gunzipSync(body).toString())]),
  );

describe('the row of a run', () => {
  it('says what its summary does', () => {
    const cost = { usd: 0.0123, workerSeconds: 34, spotSeconds: 0 };
    const summary = aSummary({ startedAt: '2026-01-31T10:20:30.000Z', durationSeconds: 15.5, cost });
    expect(runRowOf(summary)).toMatchObject({
      run_id: summary.runId,
      plan: summary.plan.name,
      target: summary.plan.target,
      outcome: 'passed',
      started_at: '2026-01-31T10:20:30.000Z',
      ended_at: '2026-01-31T10:20:45.500Z',
      duration_seconds: 15.5,
      scheduled: summary.requests.scheduled,
      offered_rate: summary.rate.offered,
      response_p95_millis: summary.latencyMillis.response?.p95,
      workers: 2,
      cost_usd: 0.0123,
    });
  });

  it('has nulls for what was never measured, and lies in the year in which it was listed', () => {
    const summary = aSummary({
      runId: '20251231-235959-k7fq',
      startedAt: null,
      latencyMillis: { response: null, service: null, connect: null },
      cost: null,
    });
    expect(runRowOf(summary)).toMatchObject({
      started_at: null,
      ended_at: null,
      response_p50_millis: null,
      cost_usd: null,
    });
    expect(runRowKey(summary)).toBe('tables/runs/year=2025/20251231-235959-k7fq.json.gz');
  });

  it('lies in the year in which it started', () => {
    const started = { runId: '20251231-235959-k7fq', startedAt: '2026-01-01T00:00:03.000Z' };
    expect(runRowKey(started)).toBe('tables/runs/year=2026/20251231-235959-k7fq.json.gz');
  });

  it('is written when the run is finished, and is the same when that is done again', async () => {
    const run = await startedRun();
    await finishRun(run.ports, { runId });
    const written = rowsIn(run.store);
    expect(written).toEqual({ 'tables/runs/year=2026/r1.json.gz': runRowOf(run.summary()) });
    await finishRun(run.ports, { runId });
    expect(rowsIn(run.store)).toEqual(written);
  });

  it('is made up for by whoever closes a run whose finishing broke off', async () => {
    const run = await startedRun();
    run.store.before = (operation, key) => {
      if (operation === 'put' && key.startsWith('tables/runs/')) throw new StoreUnavailableError('crash');
    };
    await expect(finishRun(run.ports, { runId })).rejects.toMatchObject({ name: 'StoreUnavailable' });
    expect(run.store.json(runKeys(runId).told)).toBeUndefined();
    run.store.before = () => undefined;
    await executionEnded(
      run.ports,
      parseExecutionEvent({ detail: { executionArn: 'arn', name: runId, status: 'FAILED' } }),
    );
    expect(rowsIn(run.store)).toEqual({ 'tables/runs/year=2026/r1.json.gz': runRowOf(run.summary()) });
  });
});
