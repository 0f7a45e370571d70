import { readFileSync } from 'node:fs';
import asl from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ConductedStep, LocalConductor } from '../../src/platform/local/local-conductor.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

const definition = parse(readFileSync('statemachines/drain-cluster.asl.yml', 'utf8'));
const input = { cluster: 'web', generation: 3 };

/** What a step answers; `fails` when it throws. */
type Scripted = ConductedStep | 'fails';

/** A step function that follows a script and is done at its end, and what it was called with. */
const script = (steps: readonly Scripted[]) => {
  const calls: unknown[] = [];
  const step = async (given: unknown): Promise<ConductedStep> => {
    const answer = steps[calls.length] ?? { done: true, waitSeconds: 0 };
    calls.push(given);
    if (answer === 'fails') throw Object.assign(new Error('no answer'), { name: 'StoreUnavailable' });
    return answer;
  };
  return { calls, step };
};

const execute = async (steps: readonly Scripted[], machine: unknown = definition) => {
  const { calls, step } = script(steps);
  const text = JSON.stringify(machine).replace(
    '${DrainStepFunctionArn}',
    'arn:aws:lambda:us-east-1:000000000000:function:drainStep',
  );
  const execution = new StateMachine(JSON.parse(text) as Definition).run(input, {
    overrides: {
      taskResourceLocalHandlers: { DrainStep: step as never },
      waitTimeOverrides: { WaitForStep: 0 },
      retryIntervalOverrides: { DrainStep: 0 },
    },
  });
  const waits: number[] = [];
  const entered: string[] = [];
  const logged = (async () => {
    for await (const event of execution.eventLogs) {
      if (event.type !== 'StateEntered') continue;
      const { name, input: given } = event.state;
      entered.push(name);
      if (name === 'WaitForStep') waits.push((given as { step: { waitSeconds: number } }).step.waitSeconds);
    }
  })();
  const error = await execution.result.then(
    () => undefined,
    (failure: Error) => failure.name,
  );
  await logged;
  return { calls, waits, entered, error };
};

/** The same in one process; a failed step's pause is not among the waits. */
const conduct = async (steps: readonly Scripted[]) => {
  const { calls, step } = script(steps);
  const waits: number[] = [];
  const retryMillis = -1;
  const conductor = new LocalConductor({
    time: {
      nowMillis: () => 0,
      sleep: async (millis) => void (millis === retryMillis || waits.push(millis / 1000)),
    },
    step,
    drainInstance: async () => {},
    retryMillis,
  });
  await conductor.conduct(input.cluster, input.generation);
  await conductor.ended();
  return { calls, waits };
};

const working: Arbitrary<Scripted> = fc.record({
  done: fc.constant(false),
  waitSeconds: fc.integer({ min: 0, max: 5 }),
});
const failing: Arbitrary<Scripted[]> = fc.array(fc.constant<Scripted>('fails'), {
  minLength: 1,
  maxLength: 10,
});

describe('drain-cluster state machine', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = asl(structuredClone(definition) as never);
    expect(errorsText('')).toBe('');
    expect(isValid).toBe(true);
  });

  it('makes the same calls and waits as the conductor of one process', async () => {
    const steps = fc.array(
      fc.oneof(
        working.map((step) => [step]),
        failing,
      ),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (groups) => {
        // Failures in a row are at most as many as are retried.
        const flat = groups.flatMap((group, index) =>
          group[0] === 'fails' && groups[index - 1]?.[0] === 'fails' ? [] : group,
        );
        const executed = await execute(flat);
        const conducted = await conduct(flat);
        expect(executed.error).toBeUndefined();
        expect(executed.calls).toEqual(conducted.calls);
        expect(executed.calls).toEqual(Array.from({ length: flat.length + 1 }, () => input));
        expect(executed.waits).toEqual(conducted.waits);
      }),
      { numRuns: 15 },
    );
  });

  it('ends without a failure as soon as a step is done', async () => {
    const { calls, entered, error } = await execute([{ done: true, waitSeconds: 5 }]);
    expect([calls.length, entered.at(-1), error]).toEqual([1, 'DrainsOver', undefined]);
  });

  it('fails when a step fails eleven times in a row, so that the next generation begins', async () => {
    const { calls, error } = await execute(Array.from({ length: 20 }, () => 'fails' as const));
    expect(calls).toHaveLength(11);
    expect(error).toBeDefined();
  });

  it('has all of its retries within two minutes', () => {
    const [retry] = definition.States.DrainStep.Retry;
    expect(retry.ErrorEquals).toEqual(['States.ALL']);
    const pauses = Array.from({ length: retry.MaxAttempts as number }, (_, attempt) =>
      Math.min(retry.IntervalSeconds * retry.BackoffRate ** attempt, retry.MaxDelaySeconds),
    );
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(120);
  });

  it('leaves the rest to the next generation long before its history is full', async () => {
    const shorter = structuredClone(definition);
    const limit = shorter.States.AreDrainsOver.Choices.find((rule: { Variable: string }) =>
      rule.Variable.endsWith('count'),
    );
    const most: number = limit.NumericGreaterThanEquals;
    limit.NumericGreaterThanEquals = 3;
    const { calls, entered, error } = await execute(
      Array.from({ length: 10 }, () => ({ done: false, waitSeconds: 0 })),
      shorter,
    );
    expect([calls.length, entered.at(-1), error]).toEqual([4, 'LeftToNextGeneration', undefined]);
    // Two events for each state but the last, and three more for the function of a task.
    const eventsOfStep = 2 * ['DrainStep', 'AreDrainsOver', 'CountStep', 'WaitForStep'].length + 3;
    const eventsOfRetry = 3;
    const retries = definition.States.DrainStep.Retry[0].MaxAttempts;
    expect((most + 1) * eventsOfStep + 100 * retries * eventsOfRetry).toBeLessThan(25_000);
  });

  it('is carried out by a function and a use case of its resource name', () => {
    const resource: string = definition.States.DrainStep.Resource;
    expect(functionOfResource(resource)).toBe('DrainStep');
    expect(readFileSync('functions/drain-step.ts', 'utf8')).toContain('src/drain/coordinator/drain-step.ts');
  });

  it('uses only what the local interpreter carries out as AWS does', () => {
    const text = JSON.stringify(definition);
    for (const feature of ['QueryLanguage', 'Assign', 'ItemBatcher', 'HeartbeatSeconds', 'waitForTaskToken'])
      expect(text).not.toContain(`"${feature}`);
  });
});
