import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { processProbe, threadProbe } from '../../src/worker/generator-probe.ts';
import { bytesHeld } from '../engine/support/collect-garbage.ts';

const spin = (millis: number): void => {
  const until = performance.now() + millis;
  while (performance.now() < until);
};

describe('the probe of a thread', () => {
  it('sees CPU, a held-up event loop and garbage collections, each since the look before', async () => {
    const probe = threadProbe();
    await sleep(30);
    probe.look();
    spin(200);
    await bytesHeld();
    await sleep(30);
    const busy = probe.look();
    probe.close();
    expect(busy.cpuMicros).toBeGreaterThan(10_000);
    expect(busy.measuredBy).toBe('cpu');
    expect(busy.eventLoopLagMaxMicros).toBeGreaterThan(100_000);
    expect(busy.gcMaxMicros).toBeGreaterThan(0);
    expect(busy.gcMicros).toBeGreaterThan(busy.gcMaxMicros);
    // Nothing happened between two looks in one turn.
    expect(probe.look()).toMatchObject({ eventLoopLagMaxMicros: 0, gcMicros: 0, gcMaxMicros: 0 });
  });
});

describe('the probe of a process', () => {
  it('sees CPU since the look before, and memory', () => {
    const probe = processProbe();
    spin(100);
    const { cpuMicros, memoryBytes } = probe.look();
    expect(cpuMicros).toBeGreaterThan(10_000);
    expect(memoryBytes).toBeGreaterThan(1e6);
  });
});
