import { afterEach, describe, expect, it } from 'vitest';
import type { FleetWorker, WorkerFleet } from '../../src/platform/ports/worker-fleet.ts';

/** A fleet whose workers run until they are stopped; `kill` ends one from outside, as a spot interruption would. */
export interface FleetUnderTest {
  readonly fleet: WorkerFleet;
  kill(worker: FleetWorker): Promise<void>;
  close(): Promise<void>;
}

const places = [
  { shard: 0, attempt: 0 },
  { shard: 1, attempt: 0 },
];

/** What every worker fleet must do; run on each implementation. */
export const describeWorkerFleetContract = (name: string, open: () => Promise<FleetUnderTest>): void => {
  describe(`worker fleet contract: ${name}`, () => {
    const opened: FleetUnderTest[] = [];
    const fresh = async (): Promise<FleetUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('launches a worker for each place, and lists them as running', async () => {
      const { fleet } = await fresh();
      const launched = await fleet.launch('r1', places);
      expect(launched.map((result) => result.kind)).toEqual(['launched', 'launched']);
      expect(await fleet.list('r1')).toMatchObject([
        { ...places[0], state: 'running' },
        { ...places[1], state: 'running' },
      ]);
    });

    it('launches a place once, however often it is asked to', async () => {
      const { fleet } = await fresh();
      const first = await fleet.launch('r1', places);
      expect(await fleet.launch('r1', places)).toEqual(first);
      expect(await fleet.list('r1')).toHaveLength(2);
    });

    it('stops workers, and does not mind those that have stopped or were never there', async () => {
      const { fleet } = await fresh();
      const [first] = await fleet.launch('r1', places);
      const id = first?.kind === 'launched' ? first.workerId : '';
      await fleet.stop('r1', [id, 'no-such-worker'], 5);
      await fleet.stop('r1', [id], 5);
      expect((await fleet.list('r1')).map((worker) => worker.state)).toEqual(['stopped', 'running']);
    });

    it('says of a worker that ended by itself why it did', async () => {
      const { fleet, kill } = await fresh();
      await fleet.launch('r1', places);
      const [worker] = await fleet.list('r1');
      if (worker !== undefined) await kill(worker);
      const [ended] = await fleet.list('r1');
      expect(ended).toMatchObject({ state: 'stopped', stoppedReason: expect.stringMatching(/./) });
    });
  });
};
