import { Readable, Writable } from 'node:stream';
import type { CliContext, TextStream } from '../../src/cli/cli-context.ts';
import { localSurvey } from '../../src/platform/local/local-survey.ts';
import type { RunApi } from '../../src/platform/ports/run-api.ts';
import { decidePreflight, type Preflight } from '../../src/run/decide-preflight.ts';
import type { RunProgress } from '../../src/run/run-progress.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import type { Latency } from '../../src/stats/latency.ts';

export const aLatency = (overrides: Partial<Latency> = {}): Latency => ({
  p50: 12.3,
  p90: 21.87,
  p95: 30.111,
  p99: 61.4,
  p999: 180.2,
  max: 204.81,
  mean: 14.2,
  ...overrides,
});

export const aSummary = (overrides: Partial<RunSummary> = {}): RunSummary => ({
  version: 1,
  runId: 'shop-20260131-102030-a1b2',
  outcome: 'passed',
  plan: { name: 'shop', target: 'http://127.0.0.1:8080' },
  startedAt: '2026-01-31T10:20:30.000Z',
  durationSeconds: 15.2,
  requests: {
    scheduled: 800,
    started: 1398,
    completed: 1394,
    failed: 4,
    dropped: 0,
    missed: 0,
    unfinished: 0,
  },
  warmup: null,
  rate: { offered: 53.3, achieved: 91.7 },
  latencyMillis: {
    response: aLatency(),
    service: aLatency({ p50: 11.9, p90: 21.1, max: 199.5 }),
    connect: aLatency({ p50: 0.41, p90: 0.9, p95: 1.1, p99: 2, p999: 2, max: 2 }),
  },
  corrected: true,
  steps: [
    {
      name: 'GET /products',
      completed: 598,
      failed: 2,
      latencyMillis: { response: aLatency(), service: aLatency(), failed: null },
    },
    {
      name: 'GET /products/:id',
      completed: 597,
      failed: 1,
      latencyMillis: { response: aLatency({ p50: 4.1 }), service: aLatency({ p50: 4 }), failed: null },
    },
    {
      name: 'POST /orders',
      completed: 199,
      failed: 1,
      latencyMillis: { response: aLatency(), service: null, failed: null },
    },
  ],
  errors: [
    {
      kind: 'unexpected status',
      step: 'GET /products',
      count: 4,
      example: 'GET /products: expected status 200, got 503',
    },
  ],
  drops: [],
  thresholds: [
    { text: 'p99(response) < 250ms', value: 61.4, met: true, population: 'successful requests', count: 1394 },
    { text: 'failures < 1%', value: 0.005, met: true, population: 'scheduled arrivals', count: 800 },
    {
      text: 'p95(service, GET /products/:id) < 100ms',
      value: 9.8,
      met: true,
      population: 'successful requests of GET /products/:id',
      count: 597,
    },
  ],
  verdict: {
    valid: true,
    reasons: [],
    warnings: [],
    checks: [
      { name: 'send lag p99', limit: 10, value: 1.52, unit: 'ms', met: true },
      { name: 'missed or unfinished', limit: 0.005, value: 0, unit: 'fraction', met: true },
      { name: 'missing segments', limit: 0, value: 0, unit: 'segments', met: true },
      { name: 'clock bound', limit: 10, value: 0, unit: 'ms', met: true },
    ],
  },
  generator: {
    cpuSeconds: 0.84,
    requestsPerCpuSecond: 1664,
    peakCpuFraction: 0.21,
    eventLoopLagMaxMillis: 6.2,
    gc: { totalMillis: 41.2, longestMillis: 3.1 },
    peakMemoryBytes: 96_400_000,
    peakSockets: 20,
    spinCpuSeconds: null,
    threads: [
      { worker: '0/0', thread: 0, cpuSeconds: 0.41, measuredBy: 'cpu' },
      { worker: '1/0', thread: 0, cpuSeconds: 0.4, measuredBy: 'cpu' },
    ],
    sendLagMillis: { p50: 0.5, p99: 1.52, max: 6.1 },
  },
  workers: [
    {
      shard: 0,
      attempt: 0,
      pid: 4001,
      state: 'finished',
      startedAt: '2026-01-31T10:20:29.000Z',
      endedAt: '2026-01-31T10:20:46.000Z',
      replacedBy: null,
      reason: null,
    },
    {
      shard: 1,
      attempt: 0,
      pid: 4002,
      state: 'finished',
      startedAt: '2026-01-31T10:20:29.000Z',
      endedAt: '2026-01-31T10:20:46.000Z',
      replacedBy: null,
      reason: null,
    },
  ],
  changes: [],
  timeline: 'tables/run_timeline/year=2026/month=01/day=31/shop-20260131-102030-a1b2.json.gz',
  ...overrides,
});

export const aProgress = (overrides: Partial<RunProgress> = {}): RunProgress => ({
  runId: 'shop-20260131-102030-a1b2',
  phase: 'running',
  elapsedSeconds: 6.24,
  durationSeconds: 15,
  asked: 60,
  model: 'open',
  recent: {
    seconds: 5,
    startedPerSecond: 104.8,
    completedPerSecond: 104.2,
    failedPerSecond: 0.2,
    inFlight: 3,
    p50Millis: 12.1,
    p99Millis: 48.9,
    serviceP50Millis: 11.8,
    serviceP99Millis: 44.2,
  },
  totals: {
    arrivals: 274,
    started: 480,
    completed: 475,
    failed: 2,
    dropped: 0,
    response: aLatency(),
    service: aLatency({ p50: 11.9 }),
  },
  workers: { wanted: 2, ready: 2, lost: 0 },
  rateScale: 1,
  ...overrides,
});

/** Ten workers for a while on AWS. */
export const aPreflight = (overrides: Partial<Preflight> = {}): Preflight => ({
  workers: { count: 10, spot: 7, vcpu: 1, memoryGib: 2 },
  launchSeconds: 0,
  costUsd: { likely: 0.1234, most: 0.2 },
  problems: [],
  notes: [],
  ...overrides,
});

/** A stream that keeps what was written to it. */
export class TextSink extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  constructor(options: { readonly terminal?: boolean; readonly columns?: number } = {}) {
    super({ decodeStrings: false });
    this.isTTY = options.terminal ?? false;
    this.columns = options.columns ?? 80;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

/** A context whose time passes only when somebody sleeps, with the streams to look at and a Ctrl-C to press. */
export interface TestContext extends CliContext {
  readonly stdout: TextStream & TextSink;
  readonly stderr: TextStream & TextSink;
  readonly closedWith: readonly number[];
  interrupt(): void;
  listeners(): number;
}

export const aContext = (
  api: RunApi,
  overrides: Partial<Pick<CliContext, 'cwd' | 'env' | 'invocation' | 'stdin'>> & {
    readonly stdout?: TextSink;
    readonly stderr?: TextSink;
    /** What is left to do when the app is opened. */
    readonly openApp?: CliContext['openApp'];
  } = {},
): TestContext => {
  const listeners = new Set<() => void>();
  const closedWith: number[] = [];
  const cwd = overrides.cwd ?? '/work-folder';
  let millis = 0;
  return {
    stdin: overrides.stdin ?? Readable.from([]),
    stdout: overrides.stdout ?? new TextSink(),
    stderr: overrides.stderr ?? new TextSink(),
    env: overrides.env ?? {},
    cwd,
    home: `${cwd}/.stormdrain`,
    invocation: overrides.invocation ?? 'stormdrain',
    closedWith,
    now: () => millis,
    async sleep(duration, signal) {
      // Gives way to whatever else is ready, as a real wait would, and a long wait to everything shorter.
      for (let turn = 0; turn < Math.ceil(duration / 10); turn++) {
        if (signal?.aborted === true) return;
        await new Promise((resolve) => setImmediate(resolve));
      }
      millis += duration;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openApp: overrides.openApp ?? (() => Promise.resolve({ api, close: () => Promise.resolve() })),
    closeApp(limitMillis) {
      closedWith.push(limitMillis);
      return Promise.resolve();
    },
    interrupt() {
      for (const listener of [...listeners]) listener();
    },
    listeners: () => listeners.size,
  };
};

/** A run API of functions that a test may replace; what isn't replaced must not be called, but `check`, which starts nothing. */
export const aRunApi = (overrides: Partial<RunApi> = {}): RunApi => {
  const unexpected = (name: string) => () => Promise.reject(new Error(`${name} was not expected`));
  return {
    check: async ({ plan }) => ({
      kind: 'accepted',
      plan,
      preflight: decidePreflight(plan, await localSurvey.survey()),
    }),
    start: unexpected('start'),
    list: unexpected('list'),
    progress: unexpected('progress'),
    summary: unexpected('summary'),
    timeline: unexpected('timeline'),
    stop: unexpected('stop'),
    scale: unexpected('scale'),
    ...overrides,
  };
};
