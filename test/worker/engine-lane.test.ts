import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { PlanInvalidError } from '../../src/errors.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import { EngineLane } from '../../src/worker/engine-lane.ts';
import { sharedMicros } from '../../src/worker/run-clock.ts';
import { aPlan } from '../plan/a-plan.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const engineThatThrows = (error: Error): Engine => ({
  name: 'paper',
  promises: { openModel: true, closedModel: true, exactArrivals: true },
  start() {
    throw error;
  },
});

const setup = {
  plan: aPlan(),
  worker: { shard: 0, attempt: 0 },
  lane: { index: 0, of: 1 },
  uploads: new Map<string, Uint8Array>(),
  allowedTargets: [],
};

describe('a lane in the thread of its worker', () => {
  it.each([
    ['a failure', new RangeError('it broke'), { failed: 'it broke' }],
    [
      'a plan refused',
      new PlanInvalidError('tls: no such key'),
      { failed: 'tls: no such key', planRefused: true },
    ],
  ])(
    'ends, and can still be looked at, cut and stopped, when its engine throws at the start: %s',
    async (...[, error, failure]) => {
      vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const lane = await EngineLane.open(engineThatThrows(error), setup, async () => undefined);
      lane.start({ startsAtMicros: sharedMicros(), epochs: [firstEpoch(1)], fromMicros: 0 });
      expect(await lane.finished).toEqual(failure);
      lane.applyEpochs([firstEpoch(1)]);
      lane.look();
      lane.stop(0);
      expect((await lane.cut()).seconds.size).toBe(0);
      await lane.close();
    },
  );
});
