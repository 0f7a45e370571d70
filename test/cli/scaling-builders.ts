import type { CliLocal, CliStack } from '../../src/cli/cli-context.ts';
import { main } from '../../src/cli/main.ts';
import type { StackReference } from '../../src/cli/stack-reference.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import type { PolicyStanding, ScalingApi } from '../../src/platform/ports/scaling-api.ts';
import type { DecisionRow } from '../../src/scaling/decisions/decision-row.ts';
import { memoryStore } from '../api/builders.ts';
import { aPolicy } from '../scaling/support/a-policy.ts';
import { aLogsApi } from './a-logs-api.ts';
import { aContext, aRunApi, type TextSink } from './builders.ts';
import { aDrainApi } from './drain-builders.ts';

/** 2026-11-21 09:31:00 UTC. */
export const decidedAt = Date.UTC(2026, 10, 21, 9, 31);

export const aStanding = (overrides: Partial<PolicyStanding> = {}): PolicyStanding => ({
  cluster: 'shop',
  text: 'version: 1\n',
  digest: 'c8a430baf902831085e007fabceba57ac2100ebe153374a24893194d03a1add8',
  appliedAtMillis: decidedAt - 3_600_000,
  appliedBy: 'ada',
  pausedUntilMillis: null,
  policy: aPolicy(),
  tickedAtMillis: decidedAt,
  ...overrides,
});

export const aRow = (overrides: Partial<DecisionRow> = {}): DecisionRow => ({
  version: 1,
  at: new Date(decidedAt).toISOString(),
  cluster: 'shop',
  tick: '20261121T093100000Z-shop',
  subject: 'service/web',
  outcome: 'out',
  reason: 'above-threshold',
  from: 4,
  to: 5,
  sentence: 'web: 4 to 5 tasks, as its CPU is 50%, above 30%',
  figures: '{"value":50,"threshold":30}',
  carriedOut: 'done',
  policy: 'c8a430baf902',
  ...overrides,
});

/** A scaling API of functions that a test may replace; what isn't replaced must not be called. */
export const aScalingApi = (overrides: Partial<ScalingApi> = {}): ScalingApi => {
  const unexpected = (name: string) => () => Promise.reject(new Error(`${name} was not expected`));
  return {
    apply: unexpected('apply'),
    list: unexpected('list'),
    show: unexpected('show'),
    pause: unexpected('pause'),
    resume: unexpected('resume'),
    remove: unexpected('remove'),
    explain: unexpected('explain'),
    ...overrides,
  };
};

const noSchedules = () => Promise.reject(new Error('a schedule was not expected'));

export interface Typed {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly stdout?: TextSink;
}

/** Types a command behind `scaling`; `asked` are the stacks that were opened, undefined for this machine. */
export const typeScaling = async (
  scaling: ScalingApi,
  args: readonly string[],
  { env = {}, cwd = '/work-folder', stdout }: Typed = {},
) => {
  const asked: (StackReference | undefined)[] = [];
  const context = aContext(aRunApi(), {
    cwd,
    env: { USER: 'ada', ...env },
    ...(stdout === undefined ? {} : { stdout }),
    openApp(reference) {
      asked.push(reference);
      const close = () => Promise.resolve();
      if (reference === undefined) {
        const local: CliLocal = {
          store: memoryStore(),
          drains: aDrainApi(),
          scaling,
          logs: aLogsApi(),
          guard: addressGuard([]),
          ticketsAt: () => {
            throw new Error('nothing is uploaded');
          },
        };
        return Promise.resolve({ api: aRunApi(), local, close });
      }
      const schedules = { put: noSchedules, list: noSchedules, delete: noSchedules };
      const stack: CliStack = {
        ...reference,
        bucketName: 'bucket',
        schedules,
        drains: aDrainApi(),
        scaling,
        logs: aLogsApi(),
      };
      return Promise.resolve({ api: aRunApi(), stack, close });
    },
  });
  const code = await main(['scaling', ...args], context);
  return { code, out: context.stdout.text, err: context.stderr.text, asked };
};

/** Said where no stack is meant. */
export const nothingHere =
  'Kept on this machine, where nothing is scaled: try it with "scaling simulate", or give --stack NAME.\n';
