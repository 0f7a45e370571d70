import { createHash } from 'node:crypto';
import type { ApiPorts } from '../../src/api/api-ports.ts';
import { type ApiServer, serveApi } from '../../src/api/http-server.ts';
import type { DrainRecord } from '../../src/drain/records/drain-record.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { serverUploadTickets } from '../../src/platform/local/server-upload-tickets.ts';
import type { DrainApi } from '../../src/platform/ports/drain-api.ts';
import type { GetResult, ObjectStore, PutResult } from '../../src/platform/ports/object-store.ts';
import type { RunApi, StartRequest } from '../../src/platform/ports/run-api.ts';
import type { RunSchedule, RunSchedules } from '../../src/platform/ports/run-schedules.ts';
import type { Preflight } from '../../src/run/decide-preflight.ts';
import { DirectScalingApi } from '../../src/scaling/operator/direct-scaling-api.ts';
import { aProgress, aRunApi, aSummary } from '../cli/builders.ts';

export const digestOf = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

/** A store in memory; conditions are those of the port. */
export const memoryStore = (): ObjectStore & { readonly objects: Map<string, Uint8Array> } => {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    async get(key): Promise<GetResult> {
      const body = objects.get(key);
      return body === undefined ? { kind: 'missing' } : { kind: 'found', body, etag: digestOf(body) };
    },
    async put(key, body, condition): Promise<PutResult> {
      if (condition !== undefined && 'ifAbsent' in condition && objects.has(key)) return { kind: 'conflict' };
      objects.set(key, body);
      return { kind: 'written', etag: digestOf(body) };
    },
    async *list(prefix) {
      for (const key of [...objects.keys()].sort()) if (key.startsWith(prefix)) yield key;
    },
    async delete(key) {
      objects.delete(key);
    },
  };
};

export const memorySchedules = (): RunSchedules => {
  const kept = new Map<string, RunSchedule>();
  return {
    async put(schedule) {
      kept.set(schedule.name, schedule);
    },
    list: async () => [...kept.values()],
    delete: async (name) => kept.delete(name),
  };
};

export const aPreflight = (overrides: Partial<Preflight> = {}): Preflight => ({
  workers: { count: 1, spot: 0, vcpu: 1, memoryGib: 2 },
  launchSeconds: 0,
  costUsd: null,
  problems: [],
  notes: [],
  ...overrides,
});

export const runId = '20260131-102030-a1b2';

/** A run API that starts nothing, and keeps what it was asked to start. */
export const recordingRuns = (
  overrides: Partial<RunApi> = {},
): RunApi & { readonly started: StartRequest[] } => {
  const started: StartRequest[] = [];
  const api = aRunApi({
    check: async ({ plan }) => ({ kind: 'accepted', plan, preflight: aPreflight() }),
    async start(request) {
      started.push(request);
      return { runId, created: true };
    },
    list: async () => ({ runs: [] }),
    progress: async () => aProgress({ runId }),
    summary: async () => aSummary({ runId }),
    timeline: async (_, nextSecond) => ({ rows: [], nextSecond, complete: true }),
    stop: async () => undefined,
    scale: async () => undefined,
    ...overrides,
  });
  return { ...api, started };
};

export const aDrainRecord = (overrides: Partial<DrainRecord> = {}): DrainRecord => {
  const heardAtMillis = Date.UTC(2026, 0, 31, 10, 20);
  return {
    version: 1,
    drainId: 'i-0b662ef9931388ba0-t9pyh0',
    instanceId: 'i-0b662ef9931388ba0',
    cluster: 'shop',
    outcome: 'empty',
    notices: [
      {
        instanceId: 'i-0b662ef9931388ba0',
        cause: 'spot-terminate',
        noticedAtMillis: heardAtMillis - 1000,
        deadlineMillis: heardAtMillis + 119_000,
      },
    ],
    heardAtMillis,
    deadlineMillis: heardAtMillis + 119_000,
    endedAtMillis: heardAtMillis + 50_000,
    steps: {
      found: heardAtMillis + 500,
      draining: heardAtMillis + 900,
      listed: heardAtMillis + 1500,
      deregistered: heardAtMillis + 2000,
      verified: heardAtMillis + 9000,
      lastStop: heardAtMillis + 35_000,
      empty: heardAtMillis + 40_000,
    },
    marginSeconds: 79,
    tasks: { seen: 2, stopped: 2, stopAsked: 2 },
    groups: [{ group: 'web', targets: 2 }],
    requestsInFlight: null,
    missed: [],
    ...overrides,
  };
};

/** A drain API that drains nothing, and keeps what it was asked. */
export const recordingDrains = (
  overrides: Partial<DrainApi> = {},
): DrainApi & { readonly asked: unknown[] } => {
  const asked: unknown[] = [];
  const { drainId, instanceId, cluster, heardAtMillis, outcome, marginSeconds } = aDrainRecord();
  return {
    asked,
    async request(request) {
      asked.push(request);
      return { drainId, cluster, pace: 'hurried', created: true };
    },
    async cancel(...cancelled) {
      asked.push(cancelled);
    },
    list: async () => ({
      drains: [{ drainId, instanceId, cluster, heardAtMillis, outcome, marginSeconds, missed: 0 }],
    }),
    show: async () => aDrainRecord(),
    check: async (name) => ({
      cluster: name,
      checkedAtMillis: heardAtMillis,
      seen: { instances: 1, tasks: 2, services: 1, groups: 1 },
      risks: [],
    }),
    async stopTask(request) {
      asked.push(request);
      return { stage: 'settling', inFlight: null, waitMillis: 5000 };
    },
    ...overrides,
  };
};

export const serving = async (
  ports: Partial<ApiPorts>,
  use: (server: ApiServer) => Promise<void>,
): Promise<readonly unknown[]> => {
  const failures: unknown[] = [];
  const server = await serveApi({
    port: 0,
    portsAt: (url) => ({
      runs: recordingRuns(),
      store: memoryStore(),
      guard: addressGuard([]),
      uploads: serverUploadTickets(url, () => Date.parse('2026-01-31T10:20:30Z')),
      drains: recordingDrains(),
      scaling: new DirectScalingApi({
        store: memoryStore(),
        time: { nowMillis: () => Date.UTC(2026, 0, 31) },
        deployment: {
          clusters: ['shop'],
          hasFastTick: false,
          pools: null,
          drainClusters: null,
          hasPrometheus: false,
        },
      }),
      ...ports,
    }),
    report: (error) => void failures.push(error),
  });
  try {
    await use(server);
  } finally {
    await server.close();
  }
  return failures;
};

/** A plan that is right, as an object. */
export const aPlan = (overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  version: 1,
  name: 'shop',
  target: 'http://127.0.0.1:8080',
  load: [{ for: '10s', rate: 5 }],
  scenarios: [{ name: 'browse', steps: [{ get: '/' }] }],
  ...overrides,
});

export const post = (
  url: string,
  document: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(document),
  });
