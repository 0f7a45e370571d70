import { afterEach, describe, expect, it } from 'vitest';
import type { CapacityPool, LifecycleAction } from '../../src/platform/ports/capacity-pool.ts';

/** A pool of instances, and means to have one of them wait for its hook. */
export interface CapacityUnderTest {
  readonly pool: CapacityPool;
  /** An instance that is about to be terminated and waits for its lifecycle hook. */
  openAction(): Promise<LifecycleAction>;
  close(): Promise<void>;
}

/** What every capacity pool must do; run on each implementation. */
export const describeCapacityPoolContract = (name: string, open: () => Promise<CapacityUnderTest>): void => {
  describe(`capacity pool contract: ${name}`, () => {
    const opened: CapacityUnderTest[] = [];
    const fresh = async (): Promise<CapacityUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('lets an instance go', async () => {
      const { pool, openAction } = await fresh();
      expect(await pool.completeLifecycleAction(await openAction())).toBe('completed');
    });

    it('lets an instance go once: afterwards nobody waits', async () => {
      const { pool, openAction } = await fresh();
      const action = await openAction();
      await pool.completeLifecycleAction(action);
      expect(await pool.completeLifecycleAction(action)).toBe('gone');
      expect(await pool.recordHeartbeat(action)).toBe('gone');
    });

    it('keeps an instance waiting, as often as it is asked to', async () => {
      const { pool, openAction } = await fresh();
      const action = await openAction();
      expect(await pool.recordHeartbeat(action)).toBe('recorded');
      expect(await pool.recordHeartbeat(action)).toBe('recorded');
      expect(await pool.completeLifecycleAction(action)).toBe('completed');
    });

    it('knows no action that was never begun', async () => {
      const { pool, openAction } = await fresh();
      const action = await openAction();
      const other = { ...action, lifecycleActionToken: '00000000-0000-4000-8000-000000000000' };
      expect(await pool.completeLifecycleAction(other)).toBe('gone');
      expect(await pool.completeLifecycleAction(action)).toBe('completed');
    });

    it('keeps actions apart', async () => {
      const { pool, openAction } = await fresh();
      const first = await openAction();
      const second = await openAction();
      expect(await pool.completeLifecycleAction(first)).toBe('completed');
      expect(await pool.recordHeartbeat(second)).toBe('recorded');
    });
  });
};
