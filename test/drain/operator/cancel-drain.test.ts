import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCertain } from '../../../src/drain/leaving/is-taken-back.ts';
import {
  type LeavingInstance,
  leavingDocument,
  leavingKey,
} from '../../../src/drain/leaving/leaving-document.ts';
import { cancelDrain } from '../../../src/drain/operator/cancel-drain.ts';
import { decideCancel } from '../../../src/drain/operator/decide-cancel.ts';
import type { RequestPorts } from '../../../src/drain/operator/request-drain.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { readJson, writeJson } from '../../../src/store/stored-json.ts';
import { aDocument, aLeaving, anEntry, now } from '../support/leaving-builders.ts';

const causes = [
  'spot-terminate',
  'spot-stop',
  'spot-hibernate',
  'rebalance',
  'stopping',
  'gone',
  'lifecycle',
  'health',
  'operator',
] as const;

describe('taking a drain back', () => {
  it('is decided by whether the instance goes anyway, and by nothing else that came with it', () => {
    const entry = fc.record({
      causes: fc.array(fc.constantFrom(...causes), { minLength: 1, maxLength: 4 }),
      cancelledAtMillis: fc.option(fc.constant(now), { nil: undefined }),
      endedAtMillis: fc.option(fc.constant(now + 1), { nil: undefined }),
    });
    fc.assert(
      fc.property(entry, ({ causes: heard, cancelledAtMillis, endedAtMillis }) => {
        const notices = heard.map((cause) => aLeaving({ cause })) as LeavingInstance['notices'];
        const decision = decideCancel({ notices, cancelledAtMillis, endedAtMillis });
        const certain = heard.filter(isCertain);
        const isOver = endedAtMillis !== undefined;
        const wasTakenBack = cancelledAtMillis !== undefined && certain.length === 0;
        expect(decision.kind === 'ignored').toBe(wasTakenBack);
        expect(decision.kind === 'ended').toBe(isOver && !wasTakenBack);
        expect(decision.kind === 'cancel').toBe(
          !isOver && cancelledAtMillis === undefined && certain.length === 0,
        );
        if (decision.kind === 'certain') expect(certain).toContain(decision.cause);
      }),
    );
  });

  const aPlace = async (entry: Partial<LeavingInstance> = {}) => {
    const store = new MemoryStore({ time: { sleep: () => Promise.resolve() } });
    const woken: string[] = [];
    const stored = anEntry({ notices: [aLeaving({ cause: 'operator' })], heardAtMillis: now, ...entry });
    await writeJson(store, leavingKey('web'), aDocument([stored], { leasedUntilMillis: now + 1000 }));
    const ports = {
      store,
      clusters: ['shop', 'web'],
      time: { nowMillis: () => now, sleep: () => Promise.resolve() },
      random: () => 0,
      conductor: {
        conduct: async (cluster: string, generation: number) => void woken.push(`${cluster} ${generation}`),
        conductInstance: async (cluster: string, drainId: string) => void woken.push(`${cluster} ${drainId}`),
      },
    } as unknown as RequestPorts;
    const known = async () =>
      (await readJson(store, leavingKey('web'), leavingDocument))?.value.instances[stored.instanceId];
    return { ports, store, woken, known, drainId: stored.drainId };
  };

  it('is written with who did, and whoever sees to the drain is woken', async () => {
    const { ports, woken, known, drainId } = await aPlace();
    await cancelDrain(ports, drainId, 'ada');
    expect(await known()).toMatchObject({ cancelledAtMillis: now, cancelledBy: 'ada' });
    expect(woken).toEqual(['web 1']);
  });

  it('wakes the state machine of a drain without hurry', async () => {
    const { ports, woken, drainId } = await aPlace({ pace: 'unhurried' });
    await cancelDrain(ports, drainId, 'ada');
    expect(woken).toEqual([`web ${drainId}`]);
  });

  it('wakes again when it is asked for again: whoever asked first may have died before', async () => {
    const { ports, woken, known, drainId } = await aPlace({ cancelledAtMillis: now - 5, cancelledBy: 'bob' });
    await cancelDrain(ports, drainId, 'ada');
    expect(woken).toEqual(['web 1']);
    expect(await known()).toMatchObject({ cancelledAtMillis: now - 5, cancelledBy: 'bob' });
  });

  it('is refused when the instance turns out to go, even between the look and the write', async () => {
    const { ports, store, known, drainId } = await aPlace();
    let isHeard = false;
    const slow = Object.assign(Object.create(store), {
      get: (key: string) => store.get(key),
      list: (prefix: string, options?: object) => store.list(prefix, options),
      async put(key: string, body: Uint8Array, condition?: { readonly ifMatch: string }) {
        if (!isHeard) {
          isHeard = true;
          const warned = anEntry({ notices: [aLeaving()], heardAtMillis: now });
          await writeJson(store, leavingKey('web'), aDocument([warned]));
        }
        return store.put(key, body, condition);
      },
    });
    await expect(cancelDrain({ ...ports, store: slow }, drainId, 'ada')).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('EC2 takes the spot instance back'),
    });
    expect((await known())?.cancelledAtMillis).toBeUndefined();
  });

  it('is refused when it has ended or never was', async () => {
    const { ports, drainId } = await aPlace({ endedAtMillis: now });
    await expect(cancelDrain(ports, drainId, 'ada')).rejects.toMatchObject({ name: 'DrainAlreadyEnded' });
    await expect(cancelDrain(ports, 'i-00000009-t9pyh0', 'ada')).rejects.toMatchObject({
      name: 'DrainNotFound',
    });
  });
});
