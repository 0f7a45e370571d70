import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { isSpotShard } from '../../src/plan/spot-shards.ts';
import { localSurvey } from '../../src/platform/local/local-survey.ts';
import type { CapacityFacts } from '../../src/platform/ports/capacity-survey.ts';
import { decidePreflight } from '../../src/run/decide-preflight.ts';
import { aPlan, openLoad } from '../plan/a-plan.ts';
import { someFacts } from './a-survey.ts';

const planOf = (workers: Partial<Plan['workers']> = {}, overrides: Partial<Plan> = {}): Plan =>
  aPlan({
    load: openLoad([{ seconds: 3600, from: 1, to: 1 }]),
    workers: { ...aPlan().workers, count: 10, readyTimeoutSeconds: 300, ...workers },
    ...overrides,
  });
const problemsOf = (plan: Plan, facts: Partial<CapacityFacts> = {}): string =>
  decidePreflight(plan, someFacts(facts)).problems.join('\n');
const notesOf = (plan: Plan, facts: Partial<CapacityFacts> = {}): string =>
  decidePreflight(plan, someFacts(facts)).notes.join('\n');
const spot = { share: 0.7, fallback: 'wait' } as const;

describe('the preflight of a run', () => {
  it('says what it takes', () => {
    const preflight = decidePreflight(planOf({ spot }), someFacts());
    expect(preflight).toMatchObject({
      workers: { count: 10, spot: 7, vcpu: 2, memoryGib: 4 },
      launchSeconds: 0,
      problems: [],
    });
    const { likely = 0, most = 0 } = preflight.costUsd ?? {};
    expect(likely / most).toBeCloseTo((3 + 7 / 2) / 10, 9);
  });

  it('of this machine takes no time and no money, and has no spot capacity', async () => {
    const facts = await localSurvey.survey();
    expect(decidePreflight(planOf({ spot }, { maxCostUsd: 0.01 }), facts)).toEqual({
      workers: { count: 10, spot: 0, ...facts.worker },
      launchSeconds: 0,
      costUsd: null,
      problems: [],
      notes: [],
    });
  });

  it("takes the plan's spot share, and the stack's when the plan has none", () => {
    const facts = someFacts({ spot: { share: 0.5, fallback: 'fail' } });
    expect(decidePreflight(planOf(), facts).workers.spot).toBe(5);
    expect(decidePreflight(planOf({ spot: { share: 0, fallback: 'wait' } }), facts).workers.spot).toBe(0);
  });

  it('counts as many spot workers as are launched', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, share) => {
          const shards = Array.from({ length: count }, (_, shard) => shard);
          const plan = planOf({ count, spot: { share, fallback: 'wait' } });
          expect(decidePreflight(plan, someFacts()).workers.spot).toBe(
            shards.filter((shard) => isSpotShard(shard, share)).length,
          );
        },
      ),
    );
  });

  it('passes on what could not be looked up', () => {
    const unknown = {
      kind: 'unknown',
      reference: 'docker.io/x',
      reason: 'it is in another registry',
    } as const;
    const notes = notesOf(planOf(), { unknowns: ['The quota is not known.'], image: unknown });
    expect(notes).toContain('The quota is not known.');
    expect(notes).toContain('image docker.io/x is there is not known: it is in another registry.');
  });

  it('warns that workers may not be ready in time', () => {
    expect(notesOf(planOf({ readyTimeoutSeconds: 30 }))).toContain('take some 45 s until all are ready');
    expect(notesOf(planOf({ readyTimeoutSeconds: 45 }))).toBe('');
  });

  it.each([
    ['wait', 'waited for until workers.readyTimeout'],
    ['on-demand', 'those workers run on demand'],
    ['fail', 'the run ends'],
  ] as const)('says what a spot fallback of %s means', (fallback, words) => {
    expect(notesOf(planOf({ spot: { share: 1, fallback } }))).toContain(words);
  });

  it('says when there would be no room for the fallback', () => {
    const vcpus = { onDemand: { quota: 20, inUse: 5 }, spot: { quota: 100, inUse: 0 } };
    const onDemand = { share: 0.7, fallback: 'on-demand' } as const;
    expect(notesOf(planOf({ spot: onDemand }), { vcpus })).toContain('room for 15 of the 20 vCPUs');
    expect(notesOf(planOf({ spot }), { vcpus })).not.toContain('room for');
  });

  it('says what requests cost, and what it costs without spot capacity', () => {
    const price = {
      onDemandPerHourUsd: 1,
      spotPerHourUsd: 0.5,
      requestsPerHourUsd: 0.01,
      minimumSeconds: 60,
    };
    const notes = notesOf(planOf({ spot }, { maxCostUsd: 7 }), { price });
    expect(notes).toContain('$0.10 are requests');
    expect(notes).toContain('With every worker on demand it would cost $10.31, more than maxCostUsd ($7.00)');
  });
});

describe('a run is refused', () => {
  it('when its likely cost is above maxCostUsd, with the numbers', () => {
    const plan = (maxCostUsd: number) => planOf({}, { maxCostUsd });
    expect(problemsOf(plan(0.8))).toContain('likely to cost $0.82, and maxCostUsd is $0.80');
    expect(problemsOf(plan(0.82))).toBe('');
  });

  it('when a quota of vCPUs is too small, by its name and code', () => {
    const vcpus = {
      onDemand: { quota: 25, inUse: 20, name: 'On-Demand (L-1)' },
      spot: { quota: 13, inUse: 0, name: 'Spot (L-2)' },
    };
    expect(problemsOf(planOf({ spot }), { vcpus })).toBe(
      '3 on-demand workers need 6 vCPUs; the quota is 25, and 20 are in use. Raise On-Demand (L-1) to 26, or take fewer or smaller workers.\n' +
        '7 spot workers need 14 vCPUs; the quota is 13, and 0 are in use. Raise Spot (L-2) to 14, or take fewer or smaller workers.',
    );
  });

  it('when there are too few addresses, no image, or more workers than a run can have', () => {
    expect(problemsOf(planOf(), { freeAddresses: 9 })).toContain('the subnets have 9 left');
    expect(problemsOf(planOf(), { image: { kind: 'missing', reference: 'r/w:2' } })).toContain(
      'image r/w:2 is not',
    );
    expect(problemsOf(planOf({ count: 1001 }))).toContain('A run has 1000 workers at most');
  });

  it('when launching takes longer than workers may take to get ready', () => {
    expect(problemsOf(planOf({ count: 1000, readyTimeoutSeconds: 44 }))).toContain('1000 workers takes 45 s');
    expect(problemsOf(planOf({ count: 1000, readyTimeoutSeconds: 45 }))).toBe('');
  });

  it('never for what is not known', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (count, share) => {
          const facts = someFacts({
            vcpus: { onDemand: null, spot: null },
            freeAddresses: null,
            image: { kind: 'unknown', reference: 'x', reason: 'y' },
            launch: null,
          });
          const plan = planOf({ count, spot: { share, fallback: 'wait' } });
          expect(decidePreflight(plan, facts).problems).toEqual([]);
        },
      ),
    );
  });

  it('only for what it needs: with just enough room it starts, with one vCPU less it does not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(100),
        fc.constantFrom('onDemand', 'spot'),
        (count, share, inUse, kind) => {
          const plan = planOf({ count, spot: { share, fallback: 'wait' } });
          const onSpot = decidePreflight(plan, someFacts()).workers.spot;
          const needed = 2 * (kind === 'spot' ? onSpot : count - onSpot);
          const withRoom = (room: number) =>
            someFacts({ vcpus: { ...someFacts().vcpus, [kind]: { quota: inUse + room, inUse } } });
          expect(decidePreflight(plan, withRoom(needed)).problems).toEqual([]);
          const lessOne = decidePreflight(plan, withRoom(needed - 1)).problems;
          expect(lessOne).toHaveLength(needed === 0 ? 0 : 1);
        },
      ),
    );
  });
});
