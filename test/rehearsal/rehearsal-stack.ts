import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StartRequest } from '../../src/platform/ports/run-api.ts';
import { type RemotePlatform, remotePlatform } from '../../src/platform/remote/remote-platform.ts';
import type { RunProgress } from '../../src/run/run-progress.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { testAccount, testEnvironment, testRegion } from '../wire/aws-clients.ts';
import { startMoto } from '../wire/moto-server.ts';
import { type EventDelivery, openEventDelivery } from './event-delivery.ts';
import { type ExecutionHost, openExecutionHost } from './execution-host.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { json } from './fault-rules.ts';
import { type FunctionHost, openFunctionHost } from './function-host.ts';
import { openGateway } from './gateway.ts';
import { makeNetwork, makeResources } from './moto-resources.ts';
import { readPackagedService } from './packaged-service.ts';
import { openTaskWatcher, type TaskWatcher } from './task-watcher.ts';

export const stackName = 'stormdrain-dev';

/** What an account that was allowed more than the first few may run at once. */
const fargateVcpus = 400;

/** The packaged service, as far as it can be had without AWS: docs/rehearsal.md says what is real. */
export interface RehearsalStack {
  /** Where the command line's requests go. */
  readonly proxy: FaultProxy;
  readonly functions: FunctionHost;
  readonly executions: ExecutionHost;
  readonly tasks: TaskWatcher;
  readonly delivery: EventDelivery;
  readonly stateMachineArn: string;
  readonly bucket: string;
  readonly apiUrl: string;
  /** The stack as the command line sees it. */
  readonly remote: RemotePlatform;
  /** What the command line needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a run; its first function is invoked when `prepare` has returned. */
  start(request: StartRequest, prepare?: (runId: string) => void, idempotencyKey?: string): Promise<string>;
  waitFor(
    runId: string,
    until: (progress: RunProgress) => boolean,
    limitSeconds?: number,
  ): Promise<RunProgress>;
  /** Waits for the execution's end and for the summary, and gives it. */
  ended(runId: string): Promise<RunSummary>;
  /** Tasks of the run that still have a process. */
  running(runId: string): readonly string[];
  /** What a function or task has logged; for messages of failed tests. */
  logs(): Promise<string>;
  close(): Promise<void>;
}

export const openRehearsalStack = async (): Promise<RehearsalStack> => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-rehearsal-'));
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder);
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
    if (process.env.STORMDRAIN_KEEP_REHEARSAL === undefined)
      await rm(folder, { recursive: true, force: true });
    else console.log(`kept: ${folder}`);
  };
  try {
    return { ...(await open(folder, logFolder, (closer) => void closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
};

const open = async (
  folder: string,
  logFolder: string,
  onClose: (closer: () => Promise<void>) => void,
): Promise<Omit<RehearsalStack, 'close'>> => {
  const moto = await startMoto();
  onClose(moto.close);
  const proxy = await openFaultProxy(moto.url, 20_261_121);
  onClose(proxy.close);
  const environment = testEnvironment(proxy.url);
  const gateway = await openGateway({
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    region: testRegion,
    service: 'execute-api',
  });
  onClose(gateway.close);

  const service = await readPackagedService({
    packageFolder: resolve('.serverless'),
    unpackFolder: join(folder, 'functions'),
    stackName,
    account: testAccount,
    region: testRegion,
    serviceUrl: moto.url,
    apiUrl: gateway.url,
    parameters: { AllowedTargets: '127.0.0.1' },
    made: await makeNetwork(moto.url),
  });
  await makeResources(moto.url, service, stackName);
  // Moto has no quotas of Fargate.
  proxy.behave('servicequotas GetServiceQuota', async () => json(200, { Quota: { Value: fargateVcpus } }));

  const gate = startGate();
  const functions = openFunctionHost({
    functions: service.functions,
    environment,
    logFolder,
    beforeInvocation: (name, event) => gate.beforeInvocation(name, event),
  });
  onClose(functions.close);
  const delivery = openEventDelivery({
    serviceUrl: moto.url,
    rules: service.rules,
    mappings: service.mappings,
    functionsByArn: service.functionsByArn,
    invoke: functions.invoke,
  });
  const tasks = await openTaskWatcher({
    serviceUrl: moto.url,
    proxy,
    workerEntry: resolve('dist/aws-worker.mjs'),
    logFolder,
    onEvent: delivery.publish,
  });
  onClose(tasks.close);
  onClose(delivery.close);
  const executions = openExecutionHost({
    proxy,
    definition: service.definition,
    stateMachineArn: service.stateMachineArn,
    invoke: (arn, input) => functions.invoke(service.functionsByArn.get(arn) ?? arn, input),
    onEvent: delivery.publish,
  });
  onClose(executions.close);
  gateway.serve(service.routes, functions.invoke);

  // The command line finds credentials, region and endpoint in the environment.
  Object.assign(process.env, environment);
  const remote = await remotePlatform({ name: stackName });
  return {
    proxy,
    functions,
    executions,
    tasks,
    delivery,
    stateMachineArn: service.stateMachineArn,
    bucket: service.outputs.BucketName ?? '',
    apiUrl: gateway.url,
    remote,
    environment,
    async start(request, prepare = () => undefined, idempotencyKey = crypto.randomUUID()) {
      return gate.hold(async () => {
        const { runId } = await remote.api.start(request, { idempotencyKey });
        prepare(runId);
        return runId;
      });
    },
    async waitFor(runId, until, limitSeconds = 120) {
      const giveUpAt = Date.now() + limitSeconds * 1000;
      for (;;) {
        const progress = await remote.api.progress(runId);
        if (until(progress)) return progress;
        if (Date.now() > giveUpAt)
          throw new Error(`waited too long; run ${runId} is at ${JSON.stringify(progress)}`);
        await sleep(500);
      }
    },
    async ended(runId) {
      await executions.ended(runId);
      const giveUpAt = Date.now() + 60_000;
      for (;;) {
        const summary = await remote.api.summary(runId);
        if (summary !== undefined) return summary;
        if (Date.now() > giveUpAt)
          throw new Error(`run ${runId} has no summary a minute after its execution ended`);
        await sleep(500);
      }
    },
    running: (runId) =>
      tasks
        .tasksOf(runId)
        .filter(({ state }) => state.lastStatus !== 'STOPPED')
        .map(({ state }) => state.taskArn),
    logs: () => readLogs(logFolder),
  };
};

/** Keeps a run that is being started from its first function until its faults are prepared. */
const startGate = () => {
  const gates = new Map<string, PromiseWithResolvers<void>>();
  let holding = 0;
  const gateOf = (runId: string): PromiseWithResolvers<void> => {
    const known = gates.get(runId) ?? Promise.withResolvers<void>();
    gates.set(runId, known);
    return known;
  };
  return {
    async hold(start: () => Promise<string>): Promise<string> {
      holding++;
      try {
        const runId = await start();
        gateOf(runId).resolve();
        return runId;
      } finally {
        holding--;
      }
    },
    async beforeInvocation(name: string, event: unknown): Promise<void> {
      if (name === 'PlanRun' && holding > 0) await gateOf((event as { runId: string }).runId).promise;
    },
  };
};

const readLogs = async (folder: string): Promise<string> => {
  const names = await readdir(folder);
  const texts = await Promise.all(
    names.sort().map(async (name) => `=== ${name}\n${await readFile(join(folder, name), 'utf8')}`),
  );
  return texts.join('\n');
};
