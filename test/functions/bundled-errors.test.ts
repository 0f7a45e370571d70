import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StateMachine } from 'aws-local-stepfunctions';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { functionBundleOptions } from '../../scripts/function-bundle-options.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import type { RunState } from '../../src/run/run-states.ts';
import { aPlan, testPorts } from '../run/builders.ts';

/** The functions and the error classes as they are deployed: bundled and minified. */
interface Bundle {
  readonly runStatesByName: ReadonlyMap<string, RunState>;
  readonly errors: Readonly<Record<string, new (message: string) => Error>>;
}

let folder: string;
let bundle: Bundle;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-bundle-'));
  const outfile = join(folder, 'functions.mjs');
  await build({
    ...functionBundleOptions,
    entryPoints: ['test/functions/bundle-entry.ts'],
    outfile,
    external: ['@aws-sdk/*'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  bundle = await import(pathToFileURL(outfile).href);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const definition = parse(readFileSync('statemachines/load-test-run.asl.yml', 'utf8'));

/** Executes the machine on the bundled functions, without its waits, and tells which states were carried out how often. */
const execute = async (setUp: (ports: ReturnType<typeof testPorts>) => void) => {
  const made = testPorts();
  await made.store.put(runKeys('r1').plan, new TextEncoder().encode(JSON.stringify(aPlan())));
  setUp(made);
  const invoked: Record<string, number> = {};
  const handlers: Record<string, (input: unknown) => Promise<unknown>> = {};
  const noPause: Record<string, number> = {};
  for (const [name, state] of Object.entries<{ Type: string; Resource?: string }>(definition.States)) {
    noPause[name] = 0;
    if (state.Type !== 'Task') continue;
    const invoke = bundle.runStatesByName.get(functionOfResource(state.Resource ?? '') ?? '');
    handlers[name] = async (input) => {
      invoked[name] = (invoked[name] ?? 0) + 1;
      made.time.millis += 1000;
      return invoke?.(made.ports, input);
    };
  }
  const text = JSON.stringify(definition).replace(
    /\$\{(\w+)Arn\}/g,
    'arn:aws:lambda:us-east-1:000000000000:function:$1',
  );
  const execution = new StateMachine(JSON.parse(text)).run(
    { runId: 'r1' },
    {
      overrides: {
        taskResourceLocalHandlers: handlers as never,
        waitTimeOverrides: noPause,
        retryIntervalOverrides: noPause,
      },
    },
  );
  const ended = await execution.result.then(
    () => 'succeeded',
    () => 'failed',
  );
  const summary = made.store.json(runKeys('r1').summary) as
    | { outcome: string; verdict: { reasons: string[] } }
    | undefined;
  return { ...made, invoked, ended, summary };
};

const retried = [
  ...new Set<string>(
    Object.values<{ Retry?: { ErrorEquals: string[] }[] }>(definition.States).flatMap((state) =>
      (state.Retry ?? []).flatMap((rule) => rule.ErrorEquals),
    ),
  ),
].filter((name) => !/^(Lambda|States|Sandbox|Runtime)\./.test(name));

describe('bundled and minified functions', () => {
  it('keep every error name', () => {
    for (const [exported, Class] of Object.entries(bundle.errors)) {
      expect(`${new Class('x').name}Error`).toBe(exported);
    }
    expect(Object.keys(bundle.errors).length).toBeGreaterThan(10);
  });

  it.each(retried)('are retried by the state machine for %s', async (name) => {
    const ErrorClass = bundle.errors[`${name}Error`];
    if (ErrorClass === undefined)
      throw new Error(`${name} is matched by the state machine and does not exist`);
    let failures = 2;
    const { invoked } = await execute(({ store, fleet }) => {
      store.before = (operation, key) => {
        if (operation === 'put' && key.endsWith('control.json') && failures-- > 0)
          throw new ErrorClass('passing');
      };
      fleet.refuses = () => 'no capacity';
    });
    expect(invoked.PlanRun).toBe(3);
    // The retries of PlanRun are over once it succeeded; the run then waits for workers that don't come.
    expect(invoked).toMatchObject({ LaunchWorkers: 1, StopWorkers: 1, RecordFailure: 1 });
  });

  it('lead an error that is final through StopWorkers to a summary that names it', async () => {
    const { invoked, ended, summary, fleet } = await execute(() => undefined);
    expect(ended).toBe('failed');
    expect(summary?.outcome).toBe('error');
    expect(summary?.verdict.reasons[0]).toMatch(
      /^WorkersNotReady: Workers 0\/0, 1\/0 did not get ready within 30 s/,
    );
    expect(invoked.StopWorkers).toBe(1);
    expect([...fleet.workers.values()].every((worker) => worker.state === 'stopped')).toBe(true);
  });

  it('refuse a target that is not allowed before anything is launched', async () => {
    const plan = new TextEncoder().encode(JSON.stringify(aPlan({ target: 'http://10.1.2.3' })));
    const { invoked, summary, fleet } = await execute(
      ({ store }) => void store.put(runKeys('r1').plan, plan),
    );
    expect(summary?.verdict.reasons[0]).toMatch(/^TargetNotAllowed: http:\/\/10\.1\.2\.3 can't be a target/);
    expect(invoked.LaunchWorkers).toBeUndefined();
    expect(fleet.launches).toEqual([]);
  });
});
