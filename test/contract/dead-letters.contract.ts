import { describe, expect, it } from 'vitest';
import type { DeadLetter, DeadLetters } from '../../src/platform/ports/dead-letters.ts';

export interface DeadLettersUnderTest {
  readonly letters: DeadLetters;
  /** What has been kept so far, in any order. */
  kept(): Promise<readonly DeadLetter[]>;
  close(): Promise<void>;
}

const from = 'instance-leaving';

const some: readonly DeadLetter[] = [
  { body: '{"detail-type":"EC2 Spot…"}', reason: 'detail.instance-id: expected an instance’s id', from },
  { body: 'not JSON: "„äöü“\n\tand a second line', reason: 'the message is not JSON', from },
  { body: ' [] ', reason: 'x'.repeat(2000), from: 'another' },
];

/** What every keeper of dead letters must do; `openBroken` gives one that can't keep anything. */
export const describeDeadLettersContract = (
  name: string,
  open: () => Promise<DeadLettersUnderTest>,
  openBroken: () => Promise<DeadLettersUnderTest>,
): void => {
  describe(`dead letters contract: ${name}`, () => {
    it('keeps every letter as it is', async () => {
      const { letters, kept, close } = await open();
      for (const letter of some) await letters.keep(letter);
      await expect.poll(kept, { timeout: 10_000 }).toHaveLength(some.length);
      expect(await kept()).toEqual(expect.arrayContaining([...some]));
      await close();
    });

    it('keeps letters that come at once, equal ones too', async () => {
      const { letters, kept, close } = await open();
      const [letter] = some;
      if (letter !== undefined) await Promise.all(Array.from({ length: 5 }, () => letters.keep(letter)));
      await expect.poll(kept, { timeout: 10_000 }).toEqual(Array.from({ length: 5 }, () => letter));
      await close();
    });

    it('says when it can not keep one', async () => {
      const { letters, close } = await openBroken();
      for (const letter of some)
        await expect(letters.keep(letter)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
      await close();
    });
  });
};
