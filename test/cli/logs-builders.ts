import type { CliLocal, CliStack } from '../../src/cli/cli-context.ts';
import { main } from '../../src/cli/main.ts';
import type { StackReference } from '../../src/cli/stack-reference.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import type { LogsApi, QueryAnswer } from '../../src/platform/ports/logs-api.ts';
import type { RunApi } from '../../src/platform/ports/run-api.ts';
import type { SqlCell } from '../../src/platform/ports/sql-engine.ts';
import { memoryStore } from '../api/builders.ts';
import { aContext, aRunApi, type TextSink } from './builders.ts';
import { aDrainApi } from './drain-builders.ts';
import { aScalingApi } from './scaling-builders.ts';

type Succeeded = Extract<QueryAnswer, { readonly kind: 'succeeded' }>;

export const aPage = (overrides: Partial<Succeeded> = {}): Succeeded => ({
  kind: 'succeeded',
  scannedBytes: 1_572_864,
  usd: 0,
  isReused: false,
  millis: 120,
  columns: [],
  rows: [],
  ...overrides,
});

/** A page of lines of the shop, each with what is given of it. */
export const aPageOfLines = (
  lines: readonly Readonly<Record<string, SqlCell>>[],
  overrides: Partial<Succeeded> = {},
): Succeeded => {
  const usual = {
    time: '2026-11-21T22:33:44.123Z',
    micros: 456,
    container: 'app',
    source: 'stdout',
    log: 'GET /products/7 200 12ms',
    ecs_task_arn: 'arn:aws:ecs:eu-central-1:123456789012:task/shop/0b1c2d3e4f5061728394a5b6c7d8e9f0',
    fields: null,
    malformed: false,
  };
  return aPage({
    columns: Object.keys(usual).map((name) => ({ name, type: 'varchar' })),
    rows: lines.map((line) => Object.values({ ...usual, ...line })),
    ...overrides,
  });
};

/** A row that only counts. */
export const aMalformed = {
  time: null,
  micros: null,
  container: null,
  source: null,
  log: null,
  ecs_task_arn: null,
  malformed: true,
};

export interface Typed {
  readonly env?: Record<string, string>;
  readonly stdout?: TextSink;
  readonly runs?: RunApi;
  /** Called when a command listens for Ctrl-C, with what to call for one. */
  readonly onListening?: (interrupt: () => void) => void;
  readonly sleep?: (millis: number, signal?: AbortSignal) => Promise<void>;
}

const unused = () => Promise.reject(new Error('not expected'));

/** Types a command; `asked` are the stacks that were opened, undefined for this machine. */
export const typeLogs = async (
  logs: LogsApi,
  args: readonly string[],
  { env = {}, stdout, runs = aRunApi(), onListening, sleep }: Typed = {},
) => {
  const asked: (StackReference | undefined)[] = [];
  const made = aContext(runs, {
    env,
    ...(stdout === undefined ? {} : { stdout }),
    openApp(reference) {
      asked.push(reference);
      const close = () => Promise.resolve();
      const kept = { drains: aDrainApi(), scaling: aScalingApi(), logs };
      if (reference === undefined) {
        const ticketsAt = () => {
          throw new Error('nothing is uploaded');
        };
        const local: CliLocal = { ...kept, store: memoryStore(), guard: addressGuard([]), ticketsAt };
        return Promise.resolve({ api: runs, local, close });
      }
      const schedules = { put: unused, list: unused, delete: unused };
      const stack: CliStack = { ...reference, ...kept, bucketName: 'bucket', schedules };
      return Promise.resolve({ api: runs, stack, close });
    },
  });
  const context = {
    ...made,
    ...(sleep === undefined ? {} : { sleep }),
    onInterrupt(listener: () => void) {
      onListening?.(listener);
      return made.onInterrupt(listener);
    },
  };
  const code = await main(args, context);
  return { code, out: context.stdout.text, err: context.stderr.text, asked };
};
