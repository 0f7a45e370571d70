import { describe, expect, it } from 'vitest';
import { renderProgress, renderProgressLine } from '../../src/cli/render/render-progress.ts';
import { aProgress } from './builders.ts';

const plain = { columns: 80, colour: false };
const { elapsedSeconds: _, ...notStarted } = aProgress({ phase: 'waiting for workers', recent: null });

describe('the live block', () => {
  it('shows time, load, response times, failures and workers', () => {
    const text = renderProgress(aProgress(), plain);
    expect(text).toContain('running');
    expect(text).toContain('6.2 s of 15.0 s');
    expect(text).toContain('60.0 arrivals/s asked   104.8 requests/s sent   3 in flight');
    expect(text).toContain('response    p50 12.1 ms   p99 48.9 ms   from when due, last 5 s');
    expect(text).toContain('service     p50 11.8 ms   p99 44.2 ms   from when written');
    expect(text).toContain('475 completed   2 failed   0 dropped');
    expect(text).toContain('2 of 2 ready');
  });

  it('fills its bar with time', () => {
    const filled = (elapsedSeconds: number): number =>
      (renderProgress(aProgress({ elapsedSeconds }), plain).match(/█/g) ?? []).length;
    expect(filled(-1)).toBe(0);
    expect(filled(0)).toBe(0);
    expect(filled(7.5)).toBe(20);
    expect(filled(15)).toBe(40);
    expect(filled(400)).toBe(40);
  });

  it('says what it waits for before the start', () => {
    const text = renderProgress(notStarted, plain);
    expect(text).toContain('waiting for workers');
    expect(text).toContain('nothing measured yet');
    expect(renderProgress(aProgress({ elapsedSeconds: -1.2 }), plain)).toContain('starts in 1.2 s');
  });

  it('names lost workers, a changed rate, and users in the closed model', () => {
    expect(renderProgress(aProgress({ workers: { wanted: 2, ready: 1, lost: 1 } }), plain)).toContain(
      '1 of 2 ready   1 lost',
    );
    expect(renderProgress(aProgress({ rateScale: 1.5 }), plain)).toContain('rate 1.5x');
    expect(renderProgress(aProgress({ model: 'closed', asked: 1200 }), plain)).toContain('1,200 users asked');
  });

  it('keeps to the width it is given', () => {
    for (const columns of [60, 80, 120]) {
      for (const line of renderProgress(aProgress(), { columns, colour: false }).split('\n')) {
        if (columns >= 80) expect(line.length).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('has colour codes only when asked for', () => {
    expect(renderProgress(aProgress(), plain)).not.toContain('\u001b');
    expect(renderProgress(aProgress(), { columns: 80, colour: true })).toContain('\u001b[');
  });
});

describe('the progress line', () => {
  it('says the same in one line without colour', () => {
    const line = renderProgressLine(aProgress());
    expect(line).toBe(
      'running | 6.2 s of 15.0 s | 60.0 arrivals/s asked | 104.8 requests/s sent | 3 in flight | response p50 12.1 ms, p99 48.9 ms | service p50 11.8 ms, p99 44.2 ms | 2 failed | 0 dropped | workers 2/2',
    );
  });

  it('says that the run is being ended, by whom and why', () => {
    const reason = 'failures > 20% held over the last 10 s (43.1%)';
    const aborted = aProgress({ ending: { by: 'abort', reason } });
    expect(renderProgressLine(aborted)).toContain(`| ended early: ${reason}`);
    expect(renderProgress(aborted, plain)).toContain(`ending      ended early: ${reason}`);
    const stopped = aProgress({ ending: { by: 'stop', reason: 'enough\u0007' } });
    expect(renderProgressLine(stopped)).toMatch(/\| stopped: enough$/);
  });

  it('does without figures that are not there yet', () => {
    expect(renderProgressLine(notStarted)).not.toContain('p50');
  });
});
