import { describe, expect, it } from 'vitest';
import { type ConductedStep, LocalConductor } from '../../../src/platform/local/local-conductor.ts';
import { VirtualTime } from '../../../src/platform/local/virtual-time.ts';

type Answer = ConductedStep | Error;

const conductorOf = (answers: readonly Answer[]) => {
  const time = new VirtualTime();
  const calls: string[] = [];
  const conductor = new LocalConductor({
    time,
    step: async ({ cluster, generation }) => {
      const answer = answers[calls.length] ?? { done: true, waitSeconds: 0 };
      calls.push(`${cluster} ${generation} at ${time.nowMillis()}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    drainInstance: async ({ cluster, drainId }) => {
      calls.push(`${cluster} ${drainId} at ${time.nowMillis()}`);
    },
  });
  return { time, calls, conductor };
};

describe('the conductor of this machine', () => {
  it('goes on with the next step at once, or after the wait that the last one asked for', async () => {
    const { time, calls, conductor } = conductorOf([
      { done: false, waitSeconds: 0 },
      { done: false, waitSeconds: 3 },
    ]);
    await time.run(conductor.conduct('shop', 1).then(() => conductor.ended()));
    expect(calls).toEqual(['shop 1 at 0', 'shop 1 at 0', 'shop 1 at 3000']);
  });

  it('tries a step that failed again', async () => {
    const { time, calls, conductor } = conductorOf([new Error('the function died')]);
    await time.run(conductor.conduct('shop', 1).then(() => conductor.ended()));
    expect(calls).toEqual(['shop 1 at 0', 'shop 1 at 1000']);
  });

  it('conducts a generation once, however often it is asked to', async () => {
    const { time, calls, conductor } = conductorOf([]);
    const ask = async (): Promise<void> => {
      await conductor.conduct('shop', 1);
      await conductor.conduct('shop', 1);
      await conductor.conductInstance('shop', 'i-1-a');
      await conductor.conductInstance('shop', 'i-1-a');
      await conductor.conduct('shop', 2);
    };
    await time.run(ask().then(() => conductor.ended()));
    expect(calls).toEqual(['shop 1 at 0', 'shop i-1-a at 0', 'shop 2 at 0']);
  });
});
