import { checkWorkers } from '../../src/run/check-workers.ts';
import { controlDocument, type RosterDocument } from '../../src/run/documents.ts';
import { launchWorkers } from '../../src/run/launch-workers.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import type { RunPorts } from '../../src/run/run-ports.ts';
import { startRun } from '../../src/run/start-run.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { encodeSegment } from '../../src/stats/segment.ts';
import { aRecorder } from '../stats/builders.ts';
import { aPlan, isoAt, testPorts } from './builders.ts';

export const runId = 'r1';
export const keys = runKeys(runId);
export const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** A run of 20 s at 200/s on two paper workers, planned and launched. */
export const launchedRun = async (plan = aPlan(), overrides: Partial<RunPorts> = {}) => {
  const made = testPorts(overrides);
  await made.store.put(keys.plan, encode(plan));
  await planRun(made.ports, { runId });
  await launchWorkers(made.ports, { runId });
  const hello = (shard: number, attempt = 0) =>
    made.store.put(
      keys.hello({ shard, attempt }),
      encode({
        version: 1,
        runId,
        shard,
        attempt,
        pid: 10 + shard,
        at: isoAt(0),
        epochs: 1,
        clockBoundMillis: 0,
      }),
    );
  const ship = (shard: number, seq: number, arrivals: number, attempt = 0) => {
    const recorder = aRecorder(`${shard}/${attempt}`);
    for (let i = 0; i < arrivals; i++) recorder.arrived(seq * 1e6 + i, 100);
    const segment = {
      runId,
      shard,
      attempt,
      seq,
      final: false,
      fromSeconds: seq,
      toSeconds: seq + 1,
      tally: recorder.cut(),
    };
    return made.store.put(keys.segment({ shard, attempt }, seq), encodeSegment(segment));
  };
  const exit = (shard: number, segments: number, reason = 'finished', attempt = 0) =>
    made.store.put(
      keys.exit({ shard, attempt }),
      encode({ version: 1, runId, shard, attempt, at: isoAt(21), segments, reason }),
    );
  const control = () => controlDocument.parse(made.store.json(keys.control));
  const roster = () => made.store.json(keys.roster) as RosterDocument;
  const summary = () => made.store.json(keys.summary) as RunSummary;
  return { ...made, hello, ship, exit, control, roster, summary };
};

export const startedRun = async (plan = aPlan(), overrides: Partial<RunPorts> = {}) => {
  const run = await launchedRun(plan, overrides);
  for (let shard = 0; shard < plan.workers.count; shard++) await run.hello(shard);
  await checkWorkers(run.ports, { runId });
  await startRun(run.ports, { runId });
  run.time.millis = (run.control().startAtMillis ?? 0) + 1000;
  return run;
};
