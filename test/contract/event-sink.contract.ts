import { describe, expect, it } from 'vitest';
import type { EventSink, StormdrainEvent } from '../../src/platform/ports/event-sink.ts';

export interface EventSinkUnderTest {
  readonly sink: EventSink;
  /** What has been told so far, in any order. */
  told(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

const at = '2026-11-21T10:00:00.000Z';

const events: readonly StormdrainEvent[] = [
  { type: 'run.finished', runId: 'r1', outcome: 'failed', at },
  { type: 'worker.lost', runId: 'r1', shard: 3, attempt: 0, reason: 'exit code 137: „killed“', at },
];

/** What every event sink must do; `openBroken` gives one that can't deliver. */
export const describeEventSinkContract = (
  name: string,
  open: () => Promise<EventSinkUnderTest>,
  openBroken: () => Promise<EventSinkUnderTest>,
): void => {
  describe(`event sink contract: ${name}`, () => {
    it('tells every event as it is', async () => {
      const { sink, told, close } = await open();
      for (const event of events) await sink.tell(event);
      await expect.poll(told, { timeout: 10_000 }).toHaveLength(events.length);
      expect(await told()).toEqual(expect.arrayContaining([...events]));
      await close();
    });

    it('fails nothing when it cannot deliver', async () => {
      const { sink, close } = await openBroken();
      for (const event of events) await expect(sink.tell(event)).resolves.toBeUndefined();
      await close();
    });
  });
};
