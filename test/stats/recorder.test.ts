import { describe, expect, it } from 'vitest';
import { aHealthSample, aRecorder, aTiming } from './builders.ts';

describe('recorder', () => {
  it('counts arrivals in the second they were due and requests in the second they ended', () => {
    const recorder = aRecorder();
    recorder.arrived(900_000, 40);
    recorder.requestStarted(0, 900_050);
    recorder.requestCompleted(0, 1_200_000, aTiming({ responseMicros: 300_000 }));
    const { seconds, sendLag } = recorder.cut();
    expect(seconds.get(0)).toMatchObject({ arrived: 1, started: 1, completed: 0 });
    expect(seconds.get(1)).toMatchObject({ arrived: 0, started: 0, completed: 1 });
    expect(sendLag.count).toBe(1);
  });

  it('keeps the time of a failed request apart from the successes', () => {
    const recorder = aRecorder();
    recorder.requestFailed(1, 10, aTiming({ responseMicros: 9_000_000 }), 'reset', 'POST /b: closed');
    const tally = recorder.cut();
    const step = tally.steps.get('POST /b');
    expect([step?.response.count, step?.failedResponse.count, step?.failed]).toEqual([0, 1, 1]);
    expect([...tally.errors.values()]).toEqual([
      { kind: 'reset', step: 'POST /b', count: 1, example: 'POST /b: closed' },
    ]);
  });

  it.each([
    ['its CPU is over the limit', { cpuMicros: 900_000, eventLoopLagMaxMicros: 0 }, 1],
    ['its event loop was held up', { cpuMicros: 100_000, eventLoopLagMaxMicros: 51_000 }, 1],
    ['it spins, but has time', { cpuMicros: 990_000, spinMicros: 200_000 }, 0],
    ['it is healthy', { cpuMicros: 850_000, eventLoopLagMaxMicros: 50_000 }, 0],
  ])('blames the generator for a drop only when it is at fault: %s', (_, figures, droppedBusy) => {
    const recorder = aRecorder();
    recorder.dropped(500_000, 'in-flight limit');
    recorder.dropped(1_500_000, 'in-flight limit');
    recorder.sampleHealth(aHealthSample(figures));
    const tally = recorder.cut();
    expect(tally.seconds.get(0)?.droppedBusy).toBe(droppedBusy);
    expect(tally.seconds.get(1)?.droppedBusy).toBe(0);
    expect(tally.drops.get('in-flight limit')).toBe(2);
  });

  it('keeps what it saw of its thread', () => {
    const recorder = aRecorder();
    const sample = aHealthSample({ thread: 1, cpuMicros: 400_000, gcMicros: 30_000, gcMaxMicros: 20_000 });
    recorder.sampleHealth(sample);
    recorder.sampleHealth({ ...sample, fromMicros: 1e6, toMicros: 2e6, spinMicros: 100_000 });
    expect(recorder.cut().generators.get('0/0')).toMatchObject({
      peakCpuFraction: 0.4,
      gcMicros: 60_000,
      gcMaxMicros: 20_000,
      spinMicros: 100_000,
      threads: new Map([[1, { cpuMicros: 800_000, measuredBy: 'cpu' }]]),
    });
  });

  it('begins anew after a cut', () => {
    const recorder = aRecorder();
    recorder.arrived(1, 1);
    recorder.cut();
    expect(recorder.cut().seconds.size).toBe(0);
  });
});
