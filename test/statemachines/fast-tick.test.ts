import { existsSync, readFileSync } from 'node:fs';
import asl from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as errors from '../../src/errors.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';
import { decideFastWait, type FastWait } from '../../src/scaling/tick/decide-fast-wait.ts';
import { fastTick } from '../../src/scaling/tick/fast-tick.ts';
import { parseFastTickInput } from '../../src/scaling/tick/parse-fast-tick-input.ts';
import { Shop } from '../scaling/support/a-shop.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

const definition = parse(readFileSync('statemachines/fast-tick.asl.yml', 'utf8'));
const ownErrors = Object.values(errors).map((Class) => new Class('', []).name as string);

/** The machine as it is deployed, its task played by `tick`, without its waits. */
const execute = async (tick: (input: unknown, times: number) => Promise<FastWait>) => {
  const calls: unknown[] = [];
  const machine = JSON.parse(
    JSON.stringify(definition).replace(
      '${FastTickFunctionArn}',
      'arn:aws:lambda:us-east-1:000000000000:function:FastTick',
    ),
  ) as Definition;
  const handler = async (input: unknown): Promise<FastWait> => {
    calls.push(input);
    return tick(input, calls.length);
  };
  const execution = new StateMachine(machine).run(
    {},
    {
      overrides: {
        taskResourceLocalHandlers: { FastTick: handler as never },
        waitTimeOverrides: { WaitForTick: 0 },
        retryIntervalOverrides: { FastTick: 0 },
      },
    },
  );
  const entered: string[] = [];
  const waits: number[] = [];
  const logged = (async () => {
    for await (const event of execution.eventLogs) {
      if (event.type !== 'StateEntered') continue;
      entered.push(event.state.name);
      if (event.state.name === 'WaitForTick')
        waits.push((event.state.input as unknown as { tick: FastWait }).tick.waitSeconds);
    }
  })();
  const error = await execution.result.then(
    () => undefined,
    (failure: Error) => failure.name,
  );
  await logged;
  return { calls, entered, waits, error };
};

const failing = (name: string) => Object.assign(new Error('no answer'), { name });

describe('fast-tick state machine', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = asl(structuredClone(definition) as never);
    expect(errorsText('')).toBe('');
    expect(isValid).toBe(true);
  });

  it('ticks as often as a policy says until its minute is over', async () => {
    let nowMillis = 0;
    const { calls, waits, entered, error } = await execute(async (input) => {
      const { startedAtMillis } = parseFastTickInput(input);
      nowMillis ||= startedAtMillis + 400;
      const begunMillis = nowMillis;
      nowMillis += 300;
      const wait = decideFastWait(startedAtMillis, nowMillis, [begunMillis + 20_000]);
      nowMillis += wait.waitSeconds * 1000;
      return wait;
    });
    expect(error).toBeUndefined();
    expect(calls).toEqual([calls[0], calls[0], calls[0], calls[0]]);
    expect(waits).toEqual([19, 19, 19]);
    expect(entered.at(-1)).toBe('MinuteOver');
  });

  it('carries out the ticks of a cluster for a minute', async () => {
    const shop = new Shop();
    await shop.apply({ everySeconds: 10 });
    shop.cluster.addService({ serviceName: 'web', desiredCount: 4 });
    shop.metrics.cloudWatch.values.set('web', 50);
    let waited = 0;
    const ticked: unknown[] = [];
    const { entered } = await execute(async (input) => {
      const parsed = parseFastTickInput(input);
      shop.nowMillis = parsed.startedAtMillis + waited;
      const { ticks, ...wait } = await fastTick(shop.ports, parsed);
      ticked.push(...ticks.ticks.map(({ kind }) => kind));
      waited += wait.waitSeconds * 1000 + 200;
      return wait;
    });
    expect(ticked).toEqual(Array.from({ length: 6 }, () => 'ticked'));
    expect(entered.at(-1)).toBe('MinuteOver');
    // One more at first, and nothing in its cooldown of a minute.
    expect(shop.cluster.changes).toEqual(['web 4 -> 5']);
  });

  it('is over at once when nothing is to be ticked so often', async () => {
    const { calls, entered } = await execute(async () => decideFastWait(0, 0, []));
    expect([calls.length, entered.at(-1)]).toEqual([1, 'MinuteOver']);
  });

  it('tries a tick again that failed in a way that may pass', async () => {
    const { calls, error } = await execute(async (_, times) => {
      if (times < 3) throw failing('StoreUnavailable');
      return { done: true, waitSeconds: 0 };
    });
    expect([calls.length, error]).toEqual([3, undefined]);
  });

  it('gives the minute up, and not the next one, when a tick keeps failing', async () => {
    const { calls, entered, error } = await execute(async () => {
      throw failing('StoreUnavailable');
    });
    expect([calls.length, entered.at(-1), error]).toEqual([3, 'MinuteGivenUp', 'ExecutionError']);
  });

  it('gives up at once what will not pass', async () => {
    const { calls, entered } = await execute(async () => {
      throw failing('PlatformRefused');
    });
    expect([calls.length, entered.at(-1)]).toEqual([1, 'MinuteGivenUp']);
  });

  it('names only errors that exist', () => {
    const [retry] = definition.States.FastTick.Retry;
    const named: readonly string[] = retry.ErrorEquals;
    const platform = /^(States\.Timeout|Lambda\.\w+|Sandbox\.Timedout|Runtime\.ExitError)$/;
    expect(named.filter((name) => !platform.test(name) && !ownErrors.includes(name))).toEqual([]);
    expect(retry.JitterStrategy).toBe('FULL');
  });

  it('is done within the five minutes that an Express execution may take', () => {
    const { TimeoutSeconds, Retry } = definition.States.FastTick;
    const [retry] = Retry;
    const lastTick = (1 + retry.MaxAttempts) * TimeoutSeconds + retry.MaxAttempts * retry.MaxDelaySeconds;
    expect(definition.TimeoutSeconds).toBeGreaterThanOrEqual(60 + lastTick);
    expect(definition.TimeoutSeconds).toBeLessThan(300);
  });

  it('is carried out by a function and a use case of its name', () => {
    expect(functionOfResource(definition.States.FastTick.Resource)).toBe('FastTick');
    expect(readFileSync('functions/fast-tick.ts', 'utf8')).toContain('src/scaling/tick/fast-tick.ts');
    expect(existsSync('src/scaling/tick/fast-tick.ts')).toBe(true);
  });

  it('uses only what the local interpreter carries out as AWS does', () => {
    const text = JSON.stringify(definition);
    for (const feature of ['QueryLanguage', 'Assign', 'ItemBatcher', 'HeartbeatSeconds', 'waitForTaskToken'])
      expect(text).not.toContain(`"${feature}`);
  });
});
