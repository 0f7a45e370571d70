import { afterEach, describe, expect, it } from 'vitest';
import { recordKey } from '../../src/drain/records/drain-record.ts';
import type { SimulatedDrains } from '../../src/platform/local/simulated-drains.ts';
import type { SimulatedInstance } from '../../src/platform/local/simulation/simulated-instance.ts';
import type { DrainApi } from '../../src/platform/ports/drain-api.ts';

/** An API, and the simulated cluster (aSmallCluster) that it looks after. */
export interface DrainApiUnderTest {
  readonly api: DrainApi;
  readonly drains: SimulatedDrains;
  close(): Promise<void>;
}

const nowhere = 'i-0123456789abcdef0';

/** What every drain API must do; run on each implementation. */
export const describeDrainApiContract = (name: string, open: () => Promise<DrainApiUnderTest>): void => {
  describe(`drain API contract: ${name}`, () => {
    const opened: DrainApiUnderTest[] = [];
    const fresh = async () => {
      const made = await open();
      opened.push(made);
      const { drains } = made;
      const instance = (place: number): SimulatedInstance => {
        const found = drains.platform.instances()[place];
        if (found === undefined) throw new Error(`there is no instance ${place}`);
        return found;
      };
      const ask = (place: number, deadlineSeconds: number | null) =>
        made.api.request({ instanceId: instance(place).instanceId, deadlineSeconds, requestedBy: 'ada' });
      return { ...made, instance, ask, ended: () => drains.play(drains.finished) };
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('throws DrainNotFound for an id that no drain has', async () => {
      const { api } = await fresh();
      const calls = [
        () => api.show(nowhere),
        () => api.show('i-0'),
        () => api.cancel(`${nowhere}-t9pyh0`, 'ada'),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'DrainNotFound' });
    });

    it('throws BadInput for an instance in none of the clusters, and names those', async () => {
      const { api } = await fresh();
      await expect(
        api.request({ instanceId: nowhere, deadlineSeconds: null, requestedBy: 'ada' }),
      ).rejects.toMatchObject({ name: 'BadInput', message: expect.stringContaining('"shop"') });
    });

    it.each([0, 0.5, -1, 604_801])('throws BadInput for a deadline of %d s', async (deadlineSeconds) => {
      const { ask } = await fresh();
      await expect(ask(0, deadlineSeconds)).rejects.toMatchObject({ name: 'BadInput' });
    });

    it.each(['i-1', 'web', 'i-0123456789ABCDEF0'])(
      'throws BadInput for %s, which is no id of an instance',
      async (instanceId) => {
        const { api } = await fresh();
        await expect(
          api.request({ instanceId, deadlineSeconds: 120, requestedBy: 'ada' }),
        ).rejects.toMatchObject({ name: 'BadInput' });
      },
    );

    it('drains an instance, and shows how that goes and how it went', async () => {
      const { api, ask, ended, instance } = await fresh();
      const { drainId, ...asked } = await ask(0, 120);
      expect(asked).toEqual({ cluster: 'shop', pace: 'hurried', created: true });
      expect(await api.list({ limit: 5 })).toMatchObject({
        drains: [{ drainId, instanceId: instance(0).instanceId, cluster: 'shop', outcome: 'running' }],
      });
      expect(await api.show(drainId)).toMatchObject({ drainId, outcome: 'running', endedAtMillis: null });
      await ended();
      const record = await api.show(drainId);
      expect(record).toMatchObject({ drainId, outcome: 'empty', tasks: { seen: 7, stopped: 7 }, missed: [] });
      expect(record.groups.map(({ group }) => group).sort()).toEqual(['shop', 'web']);
      expect(instance(0).liveTasks.size).toBe(0);
      expect((await api.list({ limit: 5 })).drains).toEqual([
        {
          drainId,
          instanceId: record.instanceId,
          cluster: 'shop',
          heardAtMillis: record.heardAtMillis,
          outcome: 'empty',
          marginSeconds: record.marginSeconds,
          missed: 0,
        },
      ]);
    });

    it('takes asking twice for the same drain', async () => {
      const { api, ask } = await fresh();
      const first = await ask(1, null);
      expect(first).toMatchObject({ pace: 'unhurried', created: true });
      expect(await ask(1, null)).toEqual({ ...first, created: false });
      expect(await ask(1, 90)).toEqual({ ...first, pace: 'hurried', created: false });
      expect((await api.list({ limit: 5 })).drains).toHaveLength(1);
    });

    it('shows a drain without hurry too, as long as nobody has looked at it yet', async () => {
      const { api, ask } = await fresh();
      const { drainId, ...asked } = await ask(2, null);
      expect(asked).toEqual({ cluster: 'shop', pace: 'unhurried', created: true });
      expect(await api.show(drainId)).toMatchObject({
        drainId,
        outcome: 'running',
        notices: [{ cause: 'operator', deadlineMillis: null }],
        marginSeconds: null,
      });
    });

    it('finds a drain by the beginning of its id and by its instance, and names those that several begin with', async () => {
      const { api, ask, instance } = await fresh();
      const first = await ask(0, null);
      expect((await api.show(first.drainId.slice(0, -3))).drainId).toBe(first.drainId);
      expect((await api.show('i-0')).drainId).toBe(first.drainId);
      const second = await ask(1, null);
      expect((await api.show(instance(0).instanceId)).drainId).toBe(first.drainId);
      await expect(api.show('i-0')).rejects.toMatchObject({ name: 'BadInput' });
      for (const { drainId } of [first, second]) await expect(api.show('i-0')).rejects.toThrow(drainId);
    });

    it('lists drains newest first, page by page, and one whose record cannot be read as unknown', async () => {
      const { api, ask, ended, drains, instance } = await fresh();
      const ids: string[] = [];
      for (const place of [0, 1]) {
        ids.unshift((await ask(place, 120)).drainId);
        await ended();
      }
      ids.unshift((await ask(2, null)).drainId);
      const { heardAtMillis } = await api.show(ids[1] ?? '');
      const broken = { drainId: `${instance(3).instanceId}-t0`, heardAtMillis: heardAtMillis - 1 };
      await drains.play(() => drains.store.put(recordKey(broken), new TextEncoder().encode('{')));
      ids.splice(2, 0, broken.drainId);

      const listed = [];
      let after: string | undefined;
      do {
        const page = await api.list({ limit: 1, ...(after === undefined ? {} : { after }) });
        expect(page.drains).toHaveLength(1);
        listed.push(...page.drains);
        after = page.next;
      } while (after !== undefined && listed.length < 10);
      expect(listed.map(({ drainId, outcome }) => [drainId, outcome])).toEqual([
        [ids[0], 'running'],
        [ids[1], 'empty'],
        [ids[2], 'unknown'],
        [ids[3], 'empty'],
      ]);
      expect((await api.list({ limit: 300 })).drains).toEqual(listed);
    });

    it('takes a drain back as often as it is asked to, and the instance becomes ACTIVE again', async () => {
      const { api, ask, ended, drains, instance } = await fresh();
      const { drainId } = await ask(0, 200);
      await drains.play(() => drains.time.sleep(4_000));
      expect(instance(0).status).toBe('DRAINING');
      await api.cancel(drainId, 'ada');
      await api.cancel(drainId, 'ada');
      await ended();
      expect(instance(0).status).toBe('ACTIVE');
      expect(await api.show(drainId)).toMatchObject({ outcome: 'taken-back' });
      await api.cancel(drainId, 'ada');
    });

    it('takes no drain back that has ended', async () => {
      const { api, ask, ended } = await fresh();
      const { drainId } = await ask(0, 120);
      await ended();
      await expect(api.cancel(drainId, 'ada')).rejects.toMatchObject({ name: 'DrainAlreadyEnded' });
    });

    it('takes no drain back of an instance that EC2 takes anyway, and says so', async () => {
      const { api, drains, instance } = await fresh();
      const { instanceId } = instance(0);
      const [warned] = drains.platform.pool.interrupt([instanceId], 'terminate');
      await drains.play(() => drains.hear([warned?.event]));
      const { drainId } = await api.show(instanceId);
      await expect(api.cancel(drainId, 'ada')).rejects.toMatchObject({
        name: 'BadInput',
        message: expect.stringContaining('spot-terminate'),
      });
    });

    it('checks a cluster', async () => {
      const { api } = await fresh();
      const check = await api.check('shop');
      expect(check).toMatchObject({
        cluster: 'shop',
        seen: { instances: 4, tasks: 25, services: 2, groups: 2 },
      });
      expect(check.risks.filter(({ severity }) => severity !== 'note')).toEqual([]);
      await expect(api.check('elsewhere')).rejects.toMatchObject({
        name: 'BadInput',
        message: expect.stringContaining('"shop"'),
      });
    });

    it('stops a task step by step, and no request to it fails', async () => {
      const { api, drains, instance } = await fresh();
      const task = [...instance(0).liveTasks].find(({ origin }) => origin.service === null);
      if (task === undefined) throw new Error('the simulation has no task of its own');
      const id = task.taskArn.slice(task.taskArn.lastIndexOf('/') + 1);
      const request = { cluster: 'shop', task: id, reason: 'a test' };
      const stages = new Set<string>();
      for (let step = 0; step < 200; step++) {
        const { stage, waitMillis } = await api.stopTask(
          step % 2 === 0 ? request : { ...request, task: task.taskArn },
        );
        stages.add(stage);
        if (stage === 'stopped') break;
        expect(task.stopAskedAtMillis).toBeNull();
        await drains.play(() => drains.time.sleep(waitMillis));
      }
      expect([...stages].at(-1)).toBe('stopped');
      expect([...stages]).toContain('settling');
      expect(task.endedBy).toBe('stop-task');
      await drains.play(() => drains.time.sleep(60_000));
      expect(drains.platform.trafficByTask().get(task.taskArn)).toMatchObject({ toDeadTarget: 0, cutOff: 0 });
    });

    it('throws BadInput for a task that is not there, and for one in a cluster that is not looked after', async () => {
      const { api } = await fresh();
      for (const request of [
        { cluster: 'shop', task: 'f'.repeat(32), reason: 'x' },
        { cluster: 'elsewhere', task: '0'.repeat(32), reason: 'x' },
        { cluster: 'shop', task: 'web', reason: 'x' },
        { cluster: 'shop', task: 'arn:aws:ecs:us-east-1:123456789012:service/shop/web', reason: 'x' },
      ])
        await expect(api.stopTask(request)).rejects.toMatchObject({ name: 'BadInput' });
    });
  });
};
