import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededChance } from '../../../../src/platform/local/simulation/chance.ts';
import {
  type DurationShare,
  RequestCounter,
  type Stint,
} from '../../../../src/platform/local/simulation/count-requests.ts';
import { RequestPhase } from '../../../../src/platform/local/simulation/request-phase.ts';

const durations: readonly DurationShare[] = [
  { share: 0.7, millis: [10, 300] },
  { share: 0.3, millis: [300, 2_000] },
];

const aGroup = fc.record({
  seed: fc.nat(1_000_000),
  requestsPerSecond: fc.integer({ min: 1, max: 80 }),
  /** Of the members besides the stint's own target. */
  changes: fc.array(
    fc.record({ gapMillis: fc.integer({ min: 1, max: 4_000 }), others: fc.integer({ min: 0, max: 5 }) }),
    { maxLength: 8 },
  ),
  fromMillis: fc.nat(3_000),
  lengthMillis: fc.nat(20_000),
  closesAfterMillis: fc.option(fc.nat(20_000)),
  endsAfterMillis: fc.nat(4_000),
  cutsAfterMillis: fc.option(fc.nat(5_000)),
});

describe('requests that are counted and not simulated', () => {
  it('are as many as one finds by looking at each of them', () => {
    fc.assert(
      fc.property(aGroup, ({ seed, requestsPerSecond, changes, ...given }) => {
        const phase = new RequestPhase(requestsPerSecond, 0);
        const { fromMillis } = given;
        const untilMillis = fromMillis + given.lengthMillis;
        phase.setMembers(fromMillis, 1);
        let changedAt = fromMillis;
        for (const { gapMillis, others } of changes) {
          changedAt += gapMillis;
          phase.setMembers(changedAt, 1 + others);
        }
        const closedAtMillis = given.closesAfterMillis === null ? null : fromMillis + given.closesAfterMillis;
        const stint: Stint = {
          phase,
          number: 3,
          group: 5,
          fromMillis,
          untilMillis,
          cutAtMillis: given.cutsAfterMillis === null ? null : untilMillis + given.cutsAfterMillis,
          serves: {
            taskArn: 'a-task',
            closedAtMillis,
            endedAtMillis: closedAtMillis === null ? null : closedAtMillis + given.endsAfterMillis,
          },
        };
        const counter = new RequestCounter(durations, seededChance(seed));
        const expected = { sent: 0, toDeadTarget: 0, cutOff: 0 };
        for (let request = 0; ; request++) {
          const sentAt = counter.sentAt(stint, request);
          if (sentAt >= untilMillis) break;
          const answeredAt = sentAt + counter.durationOf(stint, request);
          expected.sent++;
          if (sentAt >= (closedAtMillis ?? Number.POSITIVE_INFINITY)) expected.toDeadTarget++;
          else if (answeredAt > (stint.serves.endedAtMillis ?? stint.cutAtMillis ?? answeredAt))
            expected.cutOff++;
          else if (answeredAt > (stint.cutAtMillis ?? answeredAt)) expected.cutOff++;
        }
        expect(counter.count(stint, 1_000_000)).toEqual(expected);
      }),
    );
  });

  it('are sent in order, each within its part of the rate', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 100 }), (seed, requestsPerSecond) => {
        const phase = new RequestPhase(requestsPerSecond, 0);
        phase.setMembers(500, 1);
        const counter = new RequestCounter(durations, seededChance(seed));
        const serves = { taskArn: 'a-task', closedAtMillis: null, endedAtMillis: null };
        const stint = {
          phase,
          number: 0,
          group: 0,
          fromMillis: 500,
          untilMillis: null,
          cutAtMillis: null,
          serves,
        };
        for (let request = 0; request < 50; request++) {
          const due = 500 + (request * 1000) / requestsPerSecond;
          expect(counter.sentAt(stint, request)).toBeGreaterThanOrEqual(due - 1e-6);
          expect(counter.sentAt(stint, request)).toBeLessThan(due + 1000 / requestsPerSecond + 1e-6);
        }
        const { sent } = counter.count(stint, 500 + 10_000);
        expect(Math.abs(sent - 10 * requestsPerSecond)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('come to nobody while a group has no member', () => {
    const phase = new RequestPhase(10, 1_000);
    phase.setMembers(3_000, 2);
    phase.setMembers(4_000, 0);
    expect(phase.unserved(4_500)).toBe(25);
  });
});
