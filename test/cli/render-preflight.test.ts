import { describe, expect, it } from 'vitest';
import { renderPreflight } from '../../src/cli/render/render-preflight.ts';
import { aPreflight } from './builders.ts';

const plain = { columns: 80, colour: false };

describe('the rendering of a preflight', () => {
  it('says what a run takes', () => {
    expect(renderPreflight(aPreflight(), plain)).toBe(`Takes
  10 workers with 1 vCPU and 2 GiB each, 7 on spot capacity
  all launched at once
  costs about $0.12, $0.20 at most`);
  });

  it('says it of one worker, all on spot capacity, and of many that need their time', () => {
    const one = aPreflight({
      workers: { count: 1, spot: 1, vcpu: 0.5, memoryGib: 1 },
      costUsd: { likely: 0.0031, most: 0.0031 },
    });
    expect(renderPreflight(one, plain)).toContain(
      '1 worker with 0.5 vCPUs and 1 GiB, all on spot capacity\n  all launched at once\n  costs about $0.0031',
    );
    expect(renderPreflight(aPreflight({ launchSeconds: 89.05 }), plain)).toContain('launched within 1m 30s');
  });

  it('says of one machine that it is shared and costs nothing', () => {
    const here = aPreflight({ workers: { count: 2, spot: 0, vcpu: 8, memoryGib: 16 }, costUsd: null });
    expect(renderPreflight(here, plain)).toBe(
      'Takes\n  2 workers on 8 vCPUs and 16 GiB\n  all launched at once\n  costs nothing',
    );
  });

  it('lists what stands in the way and what is worth knowing, within the columns, without control characters', () => {
    const words = 'many words '.repeat(20).trim();
    const text = renderPreflight(aPreflight({ problems: [words, 'b'], notes: ['c\u001b[2J'] }), plain);
    expect(text).toContain('\n\nStands in the way\n  - many words');
    expect(text).toMatch(/\n {4}words many|\n {4}many words/);
    expect(text).toContain('\n  - b\n\nWorth knowing\n  - c [2J');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
