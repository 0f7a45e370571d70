import { afterEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/platform/ports/object-store.ts';
import type { ScalingApi } from '../../src/platform/ports/scaling-api.ts';
import { DirectScalingApi } from '../../src/scaling/operator/direct-scaling-api.ts';
import { memoryKey } from '../../src/scaling/scaling-memory.ts';
import { writeJson } from '../../src/store/stored-json.ts';
import { memoryStore } from '../api/builders.ts';

/** An API over what is in the store; `time` is what it takes for now. */
export interface ScalingApiUnderTest {
  readonly api: ScalingApi;
  readonly store: ObjectStore;
  readonly time: { nowMillis(): number; pass(seconds: number): void };
  close(): Promise<void>;
}

/** Of a deployment that looks after the cluster "shop", without a fast tick. */
export const aDirectScalingApi = (): Omit<ScalingApiUnderTest, 'close'> => {
  const store = memoryStore();
  let nowMillis = Date.UTC(2026, 10, 21, 9, 31);
  const time = {
    nowMillis: () => nowMillis,
    pass(seconds: number) {
      nowMillis += seconds * 1000;
    },
  };
  const deployment = {
    clusters: ['shop'],
    hasFastTick: false,
    pools: null,
    drainClusters: null,
    hasPrometheus: false,
  };
  return { api: new DirectScalingApi({ store, time, deployment }), store, time };
};

const policyOf = (cluster: string, more = ''): string =>
  `version: 1\ncluster: ${cluster}\n${more}services: { web: { minimum: 1, maximum: 20, cpu: { above: 30, below: 14 } } }\n`;
const asked = (text: string) => ({ text, name: 'shop.yaml', requestedBy: 'ada' });
const endless = { forSeconds: null, requestedBy: 'ada' };

/** What every scaling API must do; run on each implementation. */
export const describeScalingApiContract = (name: string, open: () => Promise<ScalingApiUnderTest>): void => {
  describe(`scaling API contract: ${name}`, () => {
    const opened: ScalingApiUnderTest[] = [];
    const fresh = async (): Promise<ScalingApiUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('stores a policy and shows it, every default filled in', async () => {
      const { api, store, time } = await fresh();
      expect(await api.list()).toEqual([]);
      const { standing, changed, warnings } = await api.apply(asked(policyOf('shop')));
      expect({ changed, warnings }).toEqual({ changed: true, warnings: [] });
      expect(standing).toMatchObject({
        cluster: 'shop',
        text: policyOf('shop'),
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        appliedAtMillis: time.nowMillis(),
        pausedUntilMillis: null,
        policy: { everySeconds: 60, services: [{ service: 'web', maximum: 20 }] },
        tickedAtMillis: null,
      });
      expect(await api.show('shop')).toEqual(standing);
      await writeJson(store, memoryKey('shop'), { tickedAtMillis: 12_345 });
      expect(await api.list()).toEqual([{ ...standing, tickedAtMillis: 12_345 }]);
    });

    it('says whether anything changed, and what the deployment lacks', async () => {
      const { api } = await fresh();
      await api.apply(asked(policyOf('shop')));
      expect(await api.apply(asked(policyOf('shop')))).toMatchObject({ changed: false });
      const fast = await api.apply(asked(policyOf('shop', 'every: 10s\n')));
      expect(fast).toMatchObject({
        changed: true,
        warnings: [expect.stringContaining('ScalingFastTick')],
      });
      const elsewhere = await api.apply(asked(policyOf('web')));
      expect(elsewhere.warnings).toEqual([expect.stringContaining('ScalingClusters')]);
      expect((await api.list()).map(({ cluster }) => cluster)).toEqual(['shop', 'web']);
    });

    it('refuses a policy with each mistake at its place, and stores nothing', async () => {
      const { api } = await fresh();
      const text =
        'version: 1\ncluster: shop\nservices:\n  web: { cpu: { above: 30, below: sixteen } }\n  web: 1\n';
      await expect(api.apply(asked(text))).rejects.toMatchObject({
        name: 'PolicyRefused',
        message: expect.stringContaining('shop.yaml:'),
        problems: expect.arrayContaining([
          expect.objectContaining({ file: 'shop.yaml', column: 3, line: 5 }),
        ]),
      });
      expect(await api.list()).toEqual([]);
    });

    it('refuses a policy that could oscillate, with the numbers', async () => {
      const { api } = await fresh();
      const oscillating = policyOf('shop').replace('below: 14', 'below: 20');
      await expect(api.apply(asked(oscillating))).rejects.toMatchObject({
        name: 'PolicyRefused',
        message: expect.stringMatching(/1 task at 35%.*2 tasks at 17\.5%/),
      });
    });

    it('pauses for a while, which ends by itself', async () => {
      const { api, time } = await fresh();
      await api.apply(asked(policyOf('shop')));
      const paused = await api.pause('shop', { forSeconds: 3600, requestedBy: 'ada' });
      expect(paused.pausedUntilMillis).toBe(time.nowMillis() + 3_600_000);
      time.pass(3600);
      expect(await api.show('shop')).toMatchObject({ pausedUntilMillis: null });
    });

    it('pauses until it is resumed, whatever is applied meanwhile', async () => {
      const { api } = await fresh();
      await api.apply(asked(policyOf('shop')));
      await api.pause('shop', endless);
      const { standing } = await api.apply(asked(policyOf('shop', 'every: 2m\n')));
      expect(standing).toMatchObject({
        pausedUntilMillis: Number.MAX_SAFE_INTEGER,
        policy: { everySeconds: 120 },
      });
      expect(await api.resume('shop', 'ada')).toMatchObject({ pausedUntilMillis: null });
      expect(await api.resume('shop', 'ada')).toMatchObject({ pausedUntilMillis: null });
    });

    it.each([0, -60, 367 * 86_400])('throws BadInput for a pause of %d s', async (forSeconds) => {
      const { api } = await fresh();
      await api.apply(asked(policyOf('shop')));
      const pausing = api.pause('shop', { forSeconds, requestedBy: 'ada' });
      await expect(pausing).rejects.toMatchObject({ name: 'BadInput' });
    });

    it('removes a policy once', async () => {
      const { api } = await fresh();
      await api.apply(asked(policyOf('shop')));
      expect(await api.remove('shop')).toBe(true);
      expect(await api.remove('shop')).toBe(false);
      expect(await api.list()).toEqual([]);
    });

    it('throws PolicyNotFound for a cluster without a policy', async () => {
      const { api } = await fresh();
      for (const call of [
        () => api.show('shop'),
        () => api.pause('shop', endless),
        () => api.resume('shop', 'ada'),
      ])
        await expect(call()).rejects.toMatchObject({ name: 'PolicyNotFound' });
    });

    it.each(['../secrets', 'web shop', ''.padEnd(256, 'x')])(
      'throws BadInput for "%s", which is no name of a cluster',
      async (cluster) => {
        const { api } = await fresh();
        for (const call of [
          () => api.show(cluster),
          () => api.remove(cluster),
          () => api.pause(cluster, endless),
          () => api.resume(cluster, 'ada'),
          () => api.explain({ cluster, sinceMillis: 0, limit: 1 }),
        ])
          await expect(call()).rejects.toMatchObject({ name: 'BadInput' });
      },
    );

    it('explains newest first, page by page, of one cluster or subject or of all', async () => {
      const { api, time } = await fresh();
      const startMillis = time.nowMillis();
      for (const cluster of ['shop', 'web']) await api.apply(asked(policyOf(cluster)));
      for (const cluster of ['shop', 'web', 'shop']) {
        time.pass(60);
        await api.pause(cluster, endless);
      }
      const all: string[] = [];
      let after: string | undefined;
      do {
        const page = await api.explain({
          sinceMillis: startMillis,
          limit: 1,
          ...(after === undefined ? {} : { after }),
        });
        all.push(...page.decisions.map(({ cluster, at }) => `${at.slice(11, 16)} ${cluster}`));
        after = page.next;
      } while (after !== undefined);
      expect(all).toEqual(['09:34 shop', '09:33 web', '09:32 shop']);
      const count = async (request: object): Promise<number> =>
        (await api.explain({ sinceMillis: startMillis, limit: 10, ...request })).decisions.length;
      expect(await count({ cluster: 'web' })).toBe(1);
      expect(await count({ subject: 'cluster' })).toBe(3);
      expect(await count({ subject: 'service/web' })).toBe(0);
      expect(await count({ untilMillis: startMillis + 120_000 })).toBe(2);
      expect(await count({ sinceMillis: startMillis + 180_000 })).toBe(1);
    });

    it.each([{ subject: 'web' }, { subject: 'service/a/b' }, { after: '../runs' }])(
      'throws BadInput for %j, by which nothing can be found',
      async (request) => {
        const { api } = await fresh();
        const explaining = api.explain({ sinceMillis: 0, limit: 10, ...request });
        await expect(explaining).rejects.toMatchObject({ name: 'BadInput' });
      },
    );
  });
};
