import { describe, expect, it } from 'vitest';
import { generatorFigures } from '../../src/run/generator-figures.ts';
import { emptyGenerator } from '../../src/stats/generator-tally.ts';
import { emptyTally, type Tally } from '../../src/stats/tally.ts';

const counts = {
  scheduled: 900,
  started: 900,
  completed: 890,
  failed: 10,
  dropped: 0,
  missed: 0,
  unfinished: 0,
};

const tallyOfTwo = (): Tally => {
  const tally = emptyTally();
  const cpu = (cpuMicros: number) => ({ cpuMicros, measuredBy: 'cpu' as const });
  tally.generators.set('1/0', {
    ...emptyGenerator(),
    cpuMicros: 2_000_000,
    peakCpuFraction: 0.5,
    gcMicros: 4_000,
    gcMaxMicros: 1_500,
    spinMicros: 300_000,
    peakMemoryBytes: 80e6,
    peakSockets: 12,
    threads: new Map([[0, cpu(2_000_000)]]),
  });
  tally.generators.set('0/0', {
    ...emptyGenerator(),
    cpuMicros: 1_000_000,
    peakCpuFraction: 0.9,
    gcMicros: 1_000,
    gcMaxMicros: 1_000,
    spinMicros: 200_000,
    peakMemoryBytes: 90e6,
    peakSockets: 8,
    threads: new Map([
      [1, cpu(400_000)],
      [0, cpu(600_000)],
    ]),
  });
  return tally;
};

describe('generator figures', () => {
  it('add up what workers did, keep the worst of each, and list threads in order', () => {
    expect(generatorFigures({ precise: true }, tallyOfTwo(), counts)).toEqual({
      cpuSeconds: 3,
      requestsPerCpuSecond: 300,
      peakCpuFraction: 0.9,
      eventLoopLagMaxMillis: 0,
      gc: { totalMillis: 5, longestMillis: 1.5 },
      peakMemoryBytes: 90e6,
      peakSockets: 12,
      spinCpuSeconds: 0.5,
      threads: [
        { worker: '0/0', thread: 0, cpuSeconds: 0.6, measuredBy: 'cpu' },
        { worker: '0/0', thread: 1, cpuSeconds: 0.4, measuredBy: 'cpu' },
        { worker: '1/0', thread: 0, cpuSeconds: 2, measuredBy: 'cpu' },
      ],
      sendLagMillis: null,
    });
  });

  it('name no cost of spinning where nothing spins', () => {
    expect(generatorFigures({ precise: false }, tallyOfTwo(), counts).spinCpuSeconds).toBeNull();
  });
});
