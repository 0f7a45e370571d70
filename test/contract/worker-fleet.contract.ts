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
      expect(launched).toMatchObject(
        places.map((place) => ({
          ...place,
          kind: 'launched',
          capacity: expect.stringMatching(/^(spot|on-demand)$/),
        })),
      );
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

    it('launches a place once, even for two callers at once', async () => {
      const { fleet } = await fresh();
      const [first, second] = await Promise.all([fleet.launch('r1', places), fleet.launch('r1', places)]);
      expect(second).toEqual(first);
      expect((await fleet.list('r1')).filter(({ state }) => state === 'running')).toHaveLength(2);
    });

    it('launches a place that is new beside those it has launched', async () => {
      const { fleet } = await fresh();
      const first = await fleet.launch('r1', places);
      const again = { shard: 1, attempt: 1 };
      const second = await fleet.launch('r1', [...places, again]);
      expect(second.slice(0, 2)).toEqual(first);
      expect(second[2]).toMatchObject({ ...again, kind: 'launched' });
    });

    it('takes a choice of capacity, which no worker is refused for', async () => {
      const { fleet } = await fresh();
      const launched = await fleet.launch('r1', places, { share: 1, fallback: 'on-demand' });
      expect(launched.map(({ kind }) => kind)).toEqual(['launched', 'launched']);
    });

    it('stops workers, and does not mind those that have stopped or were never there', async () => {
      const { fleet } = await fresh();
      const [first] = await fleet.launch('r1', places);
      const id = first?.kind === 'launched' ? first.workerId : '';
      await fleet.stop('r1', [id, 'no-such-worker'], 5);
      await fleet.stop('r1', [id], 5);
      expect((await fleet.list('r1')).map((worker) => worker.state)).toEqual(['stopped', 'running']);
    });

    it('knows which runs have workers, until the last of them has stopped', async () => {
      const { fleet } = await fresh();
      await fleet.launch('r1', places);
      const [other] = await fleet.launch('r2', [{ shard: 0, attempt: 0 }]);
      expect([...(await fleet.runsWithWorkers())].sort()).toEqual(['r1', 'r2']);
      await fleet.stop('r2', [other?.kind === 'launched' ? other.workerId : ''], 5);
      expect(await fleet.runsWithWorkers()).toEqual(['r1']);
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
