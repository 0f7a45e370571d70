import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionErrorEnvelope, Invocation, InvocationEnd } from './function-process.ts';

/** One function of the template, its bundle unpacked. */
export interface HostedFunction {
  /** Logical id in the template without its ending: `ObserveRun`. */
  readonly name: string;
  /** The bundle's file. */
  readonly bundle: string;
  /** The export that is the handler. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Carries Lambda's error type as its name, which is what a state machine matches on. */
export class FunctionError extends Error {
  readonly trace: readonly string[];

  constructor({ errorType, errorMessage, trace }: FunctionErrorEnvelope) {
    super(errorMessage);
    this.name = errorType;
    this.trace = trace;
  }
}

export interface FunctionHostOptions {
  readonly functions: readonly HostedFunction[];
  /** Of every function, beside its own: credentials, region, endpoint. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logFolder: string;
  /** An invocation waits for it. */
  readonly beforeInvocation?: (name: string, event: unknown) => Promise<void>;
}

export interface FunctionHost {
  /** Throws `FunctionError`. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Decides what becomes of invocations of a function for one run. */
  intercept(name: string, runId: string, interception: Interception): void;
  /** How often each function was invoked. */
  readonly invocations: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** `carryOut` may be called never, once, or twice at once. */
export type Interception = (carryOut: () => Promise<unknown>) => Promise<unknown>;

interface Environment {
  readonly child: ChildProcess;
  busy: boolean;
}

/** Runs each function in processes of its own: one event at a time in each, as many as are needed. */
export const openFunctionHost = (options: FunctionHostOptions): FunctionHost => {
  const { environment, logFolder } = options;
  const byName = new Map(options.functions.map((hosted) => [hosted.name, hosted]));
  const environments = new Map<string, Environment[]>();
  const logs = new Map<string, WriteStream>();
  const invocations = new Map<string, number>();
  const interceptions = new Map<string, Interception>();
  let closed = false;

  const start = (hosted: HostedFunction): Environment => {
    const child = fork(
      resolve('test/rehearsal/function-process.ts'),
      [pathToFileURL(hosted.bundle).href, hosted.handler, hosted.name],
      {
        env: { ...environment, ...hosted.environment, AWS_LAMBDA_FUNCTION_NAME: hosted.name },
        execArgv: [],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    const log =
      logs.get(hosted.name) ?? createWriteStream(join(logFolder, `${hosted.name}.log`), { flags: 'a' });
    logs.set(hosted.name, log);
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => log.write(chunk));
    const started = { child, busy: false };
    const pool = environments.get(hosted.name) ?? [];
    environments.set(hosted.name, [...pool, started]);
    child.once('exit', () => {
      environments.set(
        hosted.name,
        (environments.get(hosted.name) ?? []).filter((other) => other !== started),
      );
    });
    return started;
  };

  const carryOut = async (hosted: HostedFunction, event: unknown): Promise<unknown> => {
    if (closed) throw new FunctionError(serviceError('the rehearsal is over'));
    const idle = (environments.get(hosted.name) ?? []).find(({ busy }) => !busy) ?? start(hosted);
    idle.busy = true;
    const end = await exchange(idle.child, {
      requestId: randomUUID(),
      event,
      timeoutMillis: hosted.timeoutSeconds * 1000,
    });
    idle.busy = false;
    if ('error' in end) {
      logs.get(hosted.name)?.write(`${JSON.stringify(end.error)}\n`);
      throw new FunctionError(end.error);
    }
    return end.result;
  };

  return {
    invocations,
    async invoke(name, event) {
      const hosted = byName.get(name);
      if (hosted === undefined) throw new Error(`the template has no function ${name}`);
      invocations.set(name, (invocations.get(name) ?? 0) + 1);
      await options.beforeInvocation?.(name, event);
      const interception = interceptions.get(`${name} ${runOf(event)}`);
      const once = () => carryOut(hosted, event);
      return interception === undefined ? once() : interception(once);
    },
    intercept: (name, runId, interception) => void interceptions.set(`${name} ${runId}`, interception),
    async close() {
      closed = true;
      const children = [...environments.values()].flat().map(({ child }) => child);
      await Promise.all(children.map(end));
      for (const log of logs.values()) log.end();
    },
  };
};

/** The run that an event is about: a state's input, or the change of an execution, which has the run's name. */
const runOf = (event: unknown): string | undefined => {
  const { runId, detail } = event as { runId?: string; detail?: { name?: string } };
  return runId ?? detail?.name;
};

const serviceError = (errorMessage: string): FunctionErrorEnvelope => ({
  errorType: 'Lambda.ServiceException',
  errorMessage,
  trace: [],
});

/** One event in, one end out; a process that takes too long is killed, as Lambda does. */
const exchange = (child: ChildProcess, invocation: Invocation): Promise<InvocationEnd> =>
  new Promise((resolve) => {
    const { requestId, timeoutMillis } = invocation;
    const done = (end: InvocationEnd) => {
      clearTimeout(timer);
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(end);
    };
    const fail = (errorType: string, errorMessage: string) =>
      done({ requestId, error: { errorType, errorMessage, trace: [] } });
    const onMessage = (message: unknown) => {
      const end = message as InvocationEnd;
      if (end.requestId === requestId) done(end);
    };
    const onExit = (code: number | null) => fail('Runtime.ExitError', `the runtime exited with ${code}`);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('Sandbox.Timedout', `Task timed out after ${timeoutMillis / 1000} seconds`);
    }, timeoutMillis);
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send(invocation, (error) => {
      if (error !== null) fail('Lambda.ServiceException', error.message);
    });
  });

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};
