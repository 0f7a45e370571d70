import { parentPort } from 'node:worker_threads';
import type { Engine } from '../../../src/engine/engine.ts';
import { PlanInvalidError } from '../../../src/errors.ts';
import { serveEngineThread } from '../../../src/worker/engine-thread.ts';

/** An engine that reports what it was told instead of sending anything; the plan's name says how it misbehaves. */
const paperEngine: Engine = {
  name: 'paper',
  promises: { openModel: true, closedModel: true, exactArrivals: true },
  start(shard, _clock, sink) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const at = shard.fromMicros;
    sink.arrived(at, 7);
    if (shard.plan.name === 'throws') throw new Error('it does not start');
    if (shard.plan.name === 'refuses') throw new PlanInvalidError('it can not be done');
    if (shard.plan.name === 'breaks') setImmediate(() => Promise.reject(new Error('it broke')));
    if (shard.plan.name === 'leaves') setImmediate(() => process.exit(3));
    if (shard.plan.name === 'babbles') parentPort?.postMessage({ kind: 'weather', fair: true });
    if (shard.plan.name === 'hangs')
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    const scenario = shard.plan.scenarios[0]?.name ?? '';
    if (shard.plan.name === 'claims') {
      void shard.claimRows(scenario).then(
        (rows) =>
          sink.dropped(at, rows === undefined ? 'no rows' : `rows ${rows.from} to ${rows.from + rows.count}`),
        (error: Error) => sink.dropped(at, error.message),
      );
    }
    return {
      applyEpochs: (epochs) => ({ missed: epochs.length, duplicated: 1 }),
      release: () => resolve(),
      stop: () => resolve(),
      inFlight: () => 0,
      openSockets: () => 5,
      spinMicros: () => 1000,
      endedScenarios: () => [{ scenario, reason: 'paper' }],
      finished: promise,
    };
  },
};

await serveEngineThread(paperEngine);
