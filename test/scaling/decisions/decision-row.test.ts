import { describe, expect, it } from 'vitest';
import { subjectPattern } from '../../../src/scaling/decisions/decision-row.ts';
import { subjectOf } from '../../../src/scaling/decisions/plan-rows.ts';

describe('what can be asked for', () => {
  it('is everything that is decided about', () => {
    const acted = [
      subjectOf({ kind: 'setService', service: 'web', from: 1, to: 2 }),
      subjectOf({ kind: 'setPool', pool: 'on-demand', fromUnits: 1, toUnits: 2 }),
      subjectOf({ kind: 'beginDrain', pool: 'spot', instanceId: 'i-0b66', weight: 1 }),
    ];
    for (const subject of [...acted, 'cluster', 'placement/service:web', 'placement/family:report'])
      expect(subject).toMatch(subjectPattern);
  });

  it.each(['', 'web', 'service/', 'services/web', 'service/a b', 'cluster/shop'])('is not "%s"', (text) => {
    expect(text).not.toMatch(subjectPattern);
  });
});
