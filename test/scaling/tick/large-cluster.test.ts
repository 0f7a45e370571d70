import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CallCounts, sumCalls } from '../../../src/scaling/tick/tick-result.ts';

interface LargeTick {
  readonly calls: CallCounts;
  readonly leastCalls: CallCounts;
  readonly millis: number;
  readonly setServices: number;
  readonly failures: readonly string[];
}

const script = new URL('../support/large-tick.ts', import.meta.url).pathname;

describe('ticks over 1,000 services and 500 instances', () => {
  let ticks: readonly LargeTick[] = [];
  let memoryMb = 0;
  beforeAll(async () => {
    // In a process of its own: nobody else's memory counts.
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 60_000 });
    ({ ticks, memoryMb } = JSON.parse(stdout));
  });

  it('decide on all of it', () => {
    expect(ticks.map(({ setServices, failures }) => ({ setServices, failures }))).toEqual([
      { setServices: 50, failures: [] },
      { setServices: 50, failures: [] },
      { setServices: 0, failures: [] },
      { setServices: 0, failures: [] },
    ]);
  });

  it('make the fewest calls that the batches of AWS allow', () => {
    for (const { calls, leastCalls, millis } of ticks) {
      expect(sumCalls(calls)).toBeLessThanOrEqual(1.1 * sumCalls(leastCalls));
      expect(calls).toEqual(leastCalls);
      // Far from the next one, with the part of AWS's buckets that ticks have.
      expect(millis).toBeLessThan(45_000);
    }
    // 100 descriptions of services, 5 of the 50 that are set, and 10 pages that list them now and then.
    expect(ticks.map(({ leastCalls }) => leastCalls.serviceRead)).toEqual([115, 105, 110, 100]);
    // The tasks of three instances that may go are listed, and described together.
    expect(ticks[3]?.leastCalls).toMatchObject({ resourceRead: 10 + 3 + 1, protection: 1 });
    expect(ticks[1]?.leastCalls).toMatchObject({
      serviceModify: 50,
      metricRead: 2,
      fleetRead: 4,
    });
  });

  it('take less than 256 MB', () => {
    expect(memoryMb).toBeLessThan(256);
  });
});
