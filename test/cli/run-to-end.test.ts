import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../src/cli/perform-run.ts';
import { RunAlreadyEndedError, RunNotPlannedError, StoreUnavailableError } from '../../src/errors.ts';
import type { RunApi, StartRequest } from '../../src/platform/ports/run-api.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { aContext, aProgress, aRunApi, aSummary, TextSink } from './builders.ts';

const start = { plan: { name: 'shop' }, uploads: new Map() } as unknown as StartRequest;
const runId = aSummary().runId;
const text = { json: false, quiet: false };

/** A run that ends after so many polls, or when it is stopped. */
const aRun = (
  options: {
    readonly polls?: number;
    readonly onPoll?: (poll: number) => void;
    readonly api?: Partial<RunApi>;
  } = {},
) => {
  const stops: string[] = [];
  let polls = 0;
  let ended: RunSummary | undefined;
  const api = aRunApi({
    start: () => Promise.resolve({ runId, created: true }),
    summary() {
      polls += 1;
      options.onPoll?.(polls);
      if (ended === undefined && polls > (options.polls ?? 3)) ended = aSummary();
      return Promise.resolve(ended);
    },
    progress: () => Promise.resolve(aProgress({ elapsedSeconds: polls / 2 })),
    stop(_, reason) {
      stops.push(reason);
      ended = aSummary({ outcome: 'stopped' });
      return Promise.resolve();
    },
    ...options.api,
  });
  return { api, stops };
};

describe('a run in the foreground', () => {
  it('shows progress on stderr and the summary on stdout', async () => {
    const context = aContext(aRun({ polls: 20 }).api);
    expect(await runToEnd(context, await openApi(context), start, text)).toMatchObject({
      kind: 'run',
      summary: { outcome: 'passed' },
    });
    expect(context.stdout.text).toMatch(/^PASSED {2}shop/);
    const lines = context.stderr.text.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.length).toBeLessThan(20);
    for (const line of lines) expect(line).toMatch(/^running \| /);
    expect(context.listeners()).toBe(0);
  });

  it('writes no escape codes to anything but a terminal', async () => {
    const context = aContext(aRun().api);
    await runToEnd(context, await openApi(context), start, text);
    expect(context.stdout.text + context.stderr.text).not.toContain('\u001b');
  });

  it('redraws a block in a terminal', async () => {
    const context = aContext(aRun().api, {
      stdout: new TextSink({ terminal: true }),
      stderr: new TextSink({ terminal: true }),
    });
    await runToEnd(context, await openApi(context), start, text);
    expect(context.stderr.text).toContain('\u001b[');
    expect(context.stderr.text).toContain('Ctrl-C stops the run');
    expect(context.stdout.text).toContain('\u001b[');
  });

  it('uses no colour when NO_COLOR is set', async () => {
    const env = { NO_COLOR: '1' };
    const context = aContext(aRun().api, {
      env,
      stdout: new TextSink({ terminal: true }),
      stderr: new TextSink({ terminal: true }),
    });
    await runToEnd(context, await openApi(context), start, text);
    expect(context.stdout.text).not.toContain('\u001b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what must not be there
    expect(context.stderr.text).not.toMatch(/\u001b\[(?:1|2|3[0-9]|9[0-7])m/);
  });

  it('takes a dumb terminal for none', async () => {
    const context = aContext(aRun().api, {
      env: { TERM: 'dumb' },
      stdout: new TextSink({ terminal: true }),
      stderr: new TextSink({ terminal: true }),
    });
    await runToEnd(context, await openApi(context), start, text);
    expect(context.stdout.text + context.stderr.text).not.toContain('\u001b');
  });

  it('prints one JSON document and nothing else with --json', async () => {
    const context = aContext(aRun().api);
    await runToEnd(context, await openApi(context), start, { json: true, quiet: false });
    const document = JSON.parse(context.stdout.text) as RunSummary;
    expect(document).toMatchObject({ runId, outcome: 'passed', requests: { scheduled: 800 } });
    expect(document.timeline).toBe(`/work-folder/.stormdrain/${aSummary().timeline}`);
    expect(context.stderr.text).toBe('');
  });

  it('shows progress with --json only to somebody at a terminal', async () => {
    const watched = aContext(aRun().api, { stderr: new TextSink({ terminal: true }) });
    await runToEnd(watched, await openApi(watched), start, { json: true, quiet: false });
    expect(watched.stderr.text).toContain('arrivals/s asked');
    expect(() => JSON.parse(watched.stdout.text)).not.toThrow();
    const quiet = aContext(aRun().api, { stderr: new TextSink({ terminal: true }) });
    await runToEnd(quiet, await openApi(quiet), start, { json: true, quiet: true });
    expect(quiet.stderr.text).toBe('');
  });

  it('prints the outcome as one line with --quiet', async () => {
    const context = aContext(aRun().api);
    await runToEnd(context, await openApi(context), start, { json: false, quiet: true });
    expect(context.stdout.text).toMatch(/^passed: shop \(.*\n$/);
    expect(context.stderr.text).toBe('');
  });

  it('outlives a store that is away for a moment', async () => {
    let failures = 3;
    const { api } = aRun();
    const progress = () => {
      failures -= 1;
      return failures > 0 ? Promise.reject(new StoreUnavailableError('away')) : Promise.resolve(aProgress());
    };
    const context = aContext({ ...api, progress });
    expect(await runToEnd(context, await openApi(context), start, text)).toMatchObject({ kind: 'run' });
  });

  it('ends with any other error, and with one that stays', async () => {
    const broken = aContext(aRun({ api: { progress: () => Promise.reject(new TypeError('broken')) } }).api);
    await expect(runToEnd(broken, await openApi(broken), start, text)).rejects.toThrow('broken');
    expect(broken.listeners()).toBe(0);
    const away = aContext(
      aRun({ polls: 100, api: { progress: () => Promise.reject(new StoreUnavailableError('away')) } }).api,
    );
    await expect(runToEnd(away, await openApi(away), start, text)).rejects.toThrow('away');
  });
});

describe('Ctrl-C', () => {
  it('stops the run, says so, and waits for the summary', async () => {
    const run = aRun({ polls: 1000, onPoll: (poll) => poll === 2 && context.interrupt() });
    const context = aContext(run.api);
    expect(await runToEnd(context, run.api, start, text)).toEqual({ kind: 'interrupted' });
    expect(run.stops).toEqual(['interrupted']);
    expect(context.stderr.text).toContain('Stopping the run');
    expect(context.stdout.text).toMatch(/^STOPPED {2}shop/);
  });

  it('before the run has an id stops it as soon as it has one', async () => {
    const run = aRun({ polls: 1000 });
    const context = aContext(run.api);
    const api: RunApi = {
      ...run.api,
      start() {
        context.interrupt();
        return Promise.resolve({ runId, created: true });
      },
    };
    expect(await runToEnd(context, api, start, text)).toEqual({ kind: 'interrupted' });
    expect(run.stops).toEqual(['interrupted']);
  });

  it('arriving several times for one press is one press', async () => {
    const run = aRun({
      polls: 1000,
      onPoll(poll) {
        if (poll === 2) for (let echo = 0; echo < 3; echo++) context.interrupt();
      },
    });
    const context = aContext(run.api);
    expect(await runToEnd(context, run.api, start, text)).toEqual({ kind: 'interrupted' });
    expect(context.stdout.text).toContain('STOPPED');
    expect(context.closedWith).toEqual([]);
  });

  it('gives up on a run that does not stop, and closes the app', async () => {
    const run = aRun({
      polls: Number.POSITIVE_INFINITY,
      onPoll: (poll) => poll === 2 && context.interrupt(),
      api: { stop: () => Promise.resolve() },
    });
    const context = aContext(run.api);
    expect(await runToEnd(context, run.api, start, text)).toEqual({ kind: 'interrupted' });
    expect(context.stdout.text).toBe('');
    expect(context.stderr.text).toContain(`Left run ${runId} before its summary was ready`);
    expect(context.closedWith).toEqual([400]);
  });

  it('gives up as well when nothing answers any more', async () => {
    const never = new Promise<never>(() => undefined);
    const run = aRun({ api: { stop: () => never, summary: () => never } });
    const context = aContext(run.api);
    const ending = runToEnd(context, run.api, start, text);
    await context.sleep(100);
    context.interrupt();
    expect(await ending).toEqual({ kind: 'interrupted' });
  });

  it('a second time leaves at once', async () => {
    let pollsAfter = 0;
    const run = aRun({
      polls: Number.POSITIVE_INFINITY,
      onPoll(poll) {
        if (poll === 2) context.interrupt();
        if (poll > 2) pollsAfter += 1;
        if (pollsAfter === 8) context.interrupt();
      },
      api: { stop: () => Promise.resolve() },
    });
    const context = aContext(run.api);
    expect(await runToEnd(context, run.api, start, text)).toEqual({ kind: 'interrupted' });
    expect(pollsAfter).toBeLessThan(12);
  });

  it('on a run that just ended prints its summary', async () => {
    const run = aRun({
      polls: 6,
      onPoll: (poll) => poll === 2 && context.interrupt(),
      api: { stop: () => Promise.reject(new RunAlreadyEndedError('over')) },
    });
    const context = aContext(run.api);
    expect(await runToEnd(context, run.api, start, text)).toEqual({ kind: 'interrupted' });
    expect(context.stdout.text).toContain('PASSED');
  });

  it('on a run that is not planned yet asks again until it is', async () => {
    let refusals = 2;
    const run = aRun({ polls: 1000, onPoll: (poll) => poll === 1 && context.interrupt() });
    const context = aContext(run.api);
    const api: RunApi = {
      ...run.api,
      stop(id, reason) {
        refusals -= 1;
        return refusals >= 0 ? Promise.reject(new RunNotPlannedError('not yet')) : run.api.stop(id, reason);
      },
    };
    expect(await runToEnd(context, api, start, text)).toEqual({ kind: 'interrupted' });
    expect(run.stops).toEqual(['interrupted']);
  });

  it('with --json still prints one document', async () => {
    const run = aRun({ polls: 1000, onPoll: (poll) => poll === 2 && context.interrupt() });
    const context = aContext(run.api);
    await runToEnd(context, run.api, start, { json: true, quiet: false });
    expect(JSON.parse(context.stdout.text)).toMatchObject({ outcome: 'stopped' });
  });
});

const openApi = async (context: ReturnType<typeof aContext>): Promise<RunApi> =>
  (await context.openApp()).api;
