import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../src/platform/local/virtual-time.ts';

describe('virtual time', () => {
  it('begins where it is told to', () => {
    expect(new VirtualTime().nowMillis()).toBe(0);
    expect(new VirtualTime(1_800_000_000_000).nowMillis()).toBe(1_800_000_000_000);
  });

  it('wakes sleepers in the order of their instants, and those of one instant in the order in which they lay down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 60 }), async (naps) => {
        const time = new VirtualTime(1_000);
        const woken: { readonly nap: number; readonly index: number; readonly atMillis: number }[] = [];
        await time.run(
          Promise.all(
            naps.map(async (nap, index) => {
              await time.sleep(nap);
              woken.push({ nap, index, atMillis: time.nowMillis() });
            }),
          ),
        );
        const expected = naps
          .map((nap, index) => ({ nap, index, atMillis: 1_000 + nap }))
          .sort((a, b) => a.nap - b.nap || a.index - b.index);
        expect(woken).toEqual(expected);
      }),
    );
  });

  it('lets those who sleep again and again take turns', async () => {
    const time = new VirtualTime();
    const seen: string[] = [];
    const tick = async (name: string, millis: number, times: number): Promise<void> => {
      for (let count = 0; count < times; count++) {
        await time.sleep(millis);
        seen.push(`${name}${time.nowMillis()}`);
      }
    };
    await time.run(Promise.all([tick('a', 20, 3), tick('b', 30, 2)]));
    // b lay down for 60 before a did.
    expect(seen).toEqual(['a20', 'b30', 'a40', 'b60', 'a60']);
  });

  it('does what has an instant of its own, and takes an instant that has passed for now', async () => {
    const time = new VirtualTime(100);
    const seen: number[] = [];
    time.at(150, () => {
      seen.push(time.nowMillis());
      time.at(10, () => seen.push(time.nowMillis()));
    });
    await time.run(time.sleep(60));
    expect(seen).toEqual([150, 150]);
  });

  it('says so when nothing will ever end the waiting', async () => {
    await expect(new VirtualTime().run(new Promise(() => undefined))).rejects.toThrow(/everything waits/);
  });

  it('hands on what the work throws', async () => {
    const time = new VirtualTime();
    const work = async (): Promise<never> => {
      await time.sleep(5);
      throw new RangeError('no');
    };
    await expect(time.run(work())).rejects.toThrow('no');
  });
});
