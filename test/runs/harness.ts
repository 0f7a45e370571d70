import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStateMachine, runStatesByName } from '../../src/cli/state-machine.ts';
import { formatProblems } from '../../src/document/document-problem.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import type { ValidityLimits } from '../../src/plan/plan.ts';
import { type LocalPlatform, localPlatform } from '../../src/platform/local/local-platform.ts';
import type { StartRequest } from '../../src/platform/ports/run-api.ts';
import type { RunProgress } from '../../src/run/run-progress.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { compileHooks } from '../../src/worker/compile-hooks.ts';

export const workerEntry = resolve('src/platform/local/worker-main.ts');

/** A target that records what reached it. */
export interface RecordingTarget {
  readonly port: number;
  readonly paths: readonly string[];
  /** When each request arrived, milliseconds since the Unix epoch. */
  readonly times: readonly number[];
  close(): Promise<void>;
}

export const openTarget = async (
  answer: (request: IncomingMessage, response: ServerResponse, index: number) => void = (_, response) =>
    response.end('ok'),
): Promise<RecordingTarget> => {
  const paths: string[] = [];
  const times: number[] = [];
  const server: Server = createServer((request, response) => {
    paths.push(request.url ?? '');
    times.push(Date.now());
    request.resume();
    answer(request, response, paths.length - 1);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    paths,
    times,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};

/** Limits wide enough for a busy test machine: counts are asserted here, not timings. */
const patience = { sendLagP99Millis: 30_000, eventLoopLagMillis: 30_000, cpuFraction: 99 };

/** The plan, compiled, with patient limits unless others are given; throws with the report when it has problems. */
export const compile = (
  yaml: string,
  files: Readonly<Record<string, string>> = {},
  limits: Partial<ValidityLimits> = patience,
): StartRequest => {
  const parsed = parsePlan(yaml, {
    file: 'plan.yml',
    guard: addressGuard([]),
    readFile(file) {
      const text = files[file];
      return text === undefined
        ? { kind: 'missing', reason: 'no such file' }
        : { kind: 'found', body: new TextEncoder().encode(text) };
    },
    compileHooks: (file) => compileHooks(resolve(file)),
  });
  if (parsed.kind === 'problems') throw new Error(formatProblems(parsed.problems));
  const { plan, uploads } = parsed;
  const source = { text: yaml, name: 'plan.yml', files: {}, set: {} };
  return { plan: { ...plan, validity: { ...plan.validity, ...limits } }, uploads, source };
};

export interface TestPlatform extends LocalPlatform {
  readonly home: string;
  /** Starts the run and waits until `until` says so, looking every 50 ms. */
  waitFor(
    runId: string,
    until: (progress: RunProgress) => boolean,
    limitMillis?: number,
  ): Promise<RunProgress>;
  /** Waits for the run's end. */
  ended(runId: string): Promise<RunSummary>;
  /** Process ids of the run's workers that are still alive. */
  alive(runId: string): Promise<readonly number[]>;
}

export const openPlatform = async (
  overrides: { readonly workerEntry?: string } = {},
): Promise<TestPlatform> => {
  const home = await mkdtemp(join(tmpdir(), 'stormdrain-run-'));
  const platform = localPlatform({
    home,
    allowedTargets: [],
    workerEntry: overrides.workerEntry ?? workerEntry,
    definition: await readStateMachine(resolve('.')),
    states: runStatesByName,
  });
  const running = async (runId: string) =>
    (await platform.ports.fleet.list(runId)).filter((worker) => worker.state === 'running');
  return {
    ...platform,
    home,
    async close() {
      await platform.close();
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
    async waitFor(runId, until, limitMillis = 20_000) {
      const giveUpAt = Date.now() + limitMillis;
      for (;;) {
        const progress = await platform.api.progress(runId);
        if (until(progress)) return progress;
        if (Date.now() > giveUpAt)
          throw new Error(`waited too long; the run is at ${JSON.stringify(progress)}`);
        await sleep(50);
      }
    },
    async ended(runId) {
      await platform.workflow.ended(runId);
      const summary = await platform.api.summary(runId);
      if (summary === undefined) throw new Error(`run ${runId} ended without a summary`);
      return summary;
    },
    async alive(runId) {
      return (await running(runId)).map((worker) => Number(worker.workerId.replace('process-', '')));
    },
  };
};
