import { afterEach, describe, expect, it, vi } from 'vitest';
import { type IntakePorts, instancesLeaving } from '../../../src/drain/leaving/instances-leaving.ts';
import { type LeavingDocument, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { updateLeaving } from '../../../src/drain/leaving/update-leaving.ts';
import { drainRequestMessage } from '../../../src/drain/notices/drain-request.ts';
import { CallThrottledError, ClusterRefusedError, StoreUnavailableError } from '../../../src/errors.ts';
import type { ContainerCluster } from '../../../src/platform/ports/container-cluster.ts';
import type { DeadLetter } from '../../../src/platform/ports/dead-letters.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { MemoryStore } from '../../run/builders.ts';
import { instanceEvent } from '../notices/instance-events.ts';
import { aDocument, anEntry, now } from '../support/leaving-builders.ts';
import { PaperClusters } from '../support/paper-clusters.ts';

const spot = (id: string) =>
  JSON.stringify({
    ...instanceEvent('spot-terminate'),
    detail: { 'instance-id': id, 'instance-action': 'terminate' },
  });
const request = (...instanceIds: readonly string[]) =>
  drainRequestMessage({ instanceIds, requestedAtMillis: now, deadlineMillis: null, requestedBy: 'ada' });
const state = (id: string, to: string) =>
  JSON.stringify({ ...instanceEvent('state-stopped'), detail: { 'instance-id': id, state: to } });

const batch = (...bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })),
});
const again = (...messages: readonly string[]) => messages.map((itemIdentifier) => ({ itemIdentifier }));
const no = { leaving: 0, known: 0, ignored: 0, unreadable: 0, unknownInstance: 0 };

const open = (instances: Readonly<Record<string, readonly string[]>>) => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const store = new MemoryStore();
  const clusters = new PaperClusters(instances);
  const woken: string[] = [];
  const kept: DeadLetter[] = [];
  const fails = { wake: false, keep: false };
  const paid: string[] = [];
  const wake = async (who: string) => {
    if (fails.wake) throw new Error('no');
    woken.push(who);
  };
  const ports: IntakePorts = {
    store,
    cluster: clusters as unknown as ContainerCluster,
    clusters: Object.keys(instances),
    pace: {
      pay: async (bucket) => void paid.push(bucket),
      throttled: (bucket) => void paid.push(`!${bucket}`),
    },
    time: { nowMillis: () => now, sleep: () => new Promise((resolve) => setImmediate(resolve)) },
    random: () => 0.5,
    conductor: {
      conduct: (cluster, generation) => wake(`${cluster} ${generation}`),
      conductInstance: (cluster, drainId) => wake(`${cluster} ${drainId}`),
    },
    letters: {
      keep: async (letter) => {
        if (fails.keep) throw new Error('no');
        kept.push(letter);
      },
    },
  };
  const document = async (cluster: string): Promise<LeavingDocument | undefined> => {
    const got = await store.get(leavingKey(cluster));
    return got.kind === 'found' ? JSON.parse(new TextDecoder().decode(got.body)) : undefined;
  };
  return { ports, store, clusters, woken, kept, fails, paid, document };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a batch of messages about instances', () => {
  it('is merged into the documents of their clusters, and wakes who sees to them', async () => {
    const world = open({ web: ['i-00000001', 'i-00000002', 'i-00000003'], batch: ['i-0000000a'] });
    const answer = await instancesLeaving(
      world.ports,
      batch(spot('i-00000001'), spot('i-00000002'), request('i-00000003', 'i-0000000a'), spot('i-00000001')),
    );
    expect(answer).toEqual({ batchItemFailures: [], counts: { ...no, leaving: 4, known: 1 } });
    const web = await world.document('web');
    expect(Object.keys(web?.instances ?? {}).sort()).toEqual(['i-00000001', 'i-00000002', 'i-00000003']);
    expect(Object.keys((await world.document('batch'))?.instances ?? {})).toEqual(['i-0000000a']);
    const second = (now / 1000).toString(36);
    expect(world.woken.sort()).toEqual([`batch i-0000000a-${second}`, `web 1`, `web i-00000003-${second}`]);
    // One listing a cluster and page, for the whole batch, and each call was paid for.
    expect(world.clusters.calls.filter((call) => call.startsWith('list batch'))).toEqual(['list batch 4']);
    expect(world.paid).toEqual(world.clusters.calls.map(() => 'resourceRead'));
  });

  it('asks no cluster for an instance whose drain goes on, and wakes again', async () => {
    const world = open({ web: ['i-00000001'] });
    await instancesLeaving(world.ports, batch(spot('i-00000001')));
    world.clusters.calls.length = 0;
    const answer = await instancesLeaving(
      world.ports,
      batch(spot('i-00000001'), state('i-00000001', 'stopped')),
    );
    expect(answer.counts).toEqual({ ...no, leaving: 1, known: 1 });
    expect(world.clusters.calls).toEqual([]);
    expect(world.woken).toEqual(['web 1', 'web 1']);
  });

  it('knows an instance that is gone by its drain, going on or ended', async () => {
    const world = open({ web: [] });
    const ended = anEntry({ instanceId: 'i-00000002', endedAtMillis: now - 400_000 });
    await writeJson(world.store, leavingKey('web'), aDocument([anEntry(), ended]));
    const answer = await instancesLeaving(
      world.ports,
      batch(
        state('i-00000001', 'terminated'),
        state('i-00000002', 'terminated'),
        state('i-00000003', 'terminated'),
      ),
    );
    expect(answer).toEqual({ batchItemFailures: [], counts: { ...no, known: 2, unknownInstance: 1 } });
  });

  it('writes and wakes nothing for late news of a drain that has ended', async () => {
    const world = open({ web: ['i-00000001'] });
    const entry = anEntry({ pace: 'unhurried', endedAtMillis: now + 9000 });
    await writeJson(world.store, leavingKey('web'), aDocument([entry]));
    world.store.before = (operation) => expect(operation).toBe('get');
    expect(await instancesLeaving(world.ports, batch(spot('i-00000001')))).toEqual({
      batchItemFailures: [],
      counts: { ...no, known: 1 },
    });
    expect(world.woken).toEqual([]);
  });

  it('takes a lifecycle action to the cluster that knew the instance', async () => {
    const world = open({ web: [] });
    const instanceId = 'i-0b662ef9931388ba0';
    await writeJson(
      world.store,
      leavingKey('web'),
      aDocument([anEntry({ instanceId, endedAtMillis: now - 9000 })]),
    );
    const answer = await instancesLeaving(
      world.ports,
      batch(JSON.stringify(instanceEvent('hook-terminate'))),
    );
    expect(answer.counts).toEqual({ ...no, leaving: 1 });
  });

  it('counts what is of no cluster, and what is to be ignored', async () => {
    const world = open({ web: ['i-00000001'] });
    const answer = await instancesLeaving(
      world.ports,
      batch(spot('i-00000009'), JSON.stringify(instanceEvent('hook-test')), state('i-00000001', 'running')),
    );
    expect(answer).toEqual({ batchItemFailures: [], counts: { ...no, ignored: 2, unknownInstance: 1 } });
    expect(await world.document('web')).toBeUndefined();
    expect(world.woken).toEqual([]);
  });

  it('keeps what it can not read, with the reason', async () => {
    const world = open({ web: ['i-00000001'] });
    const answer = await instancesLeaving(world.ports, batch('hello', spot('i-00000001')));
    expect(answer).toEqual({ batchItemFailures: [], counts: { ...no, leaving: 1, unreadable: 1 } });
    expect(world.kept).toEqual([
      { body: 'hello', reason: 'the message: expected a JSON object, got no JSON', from: 'instance-leaving' },
    ]);
  });

  it('wakes who sees to the instances before anything is kept: a queue of letters that hangs must not cost a notice', async () => {
    const world = open({ web: ['i-00000001'] });
    const wokenBefore: number[] = [];
    const letters = { keep: async () => void wokenBefore.push(world.woken.length) };
    const answer = await instancesLeaving({ ...world.ports, letters }, batch('{}', spot('i-00000001'), 'no'));
    expect(answer).toEqual({ batchItemFailures: [], counts: { ...no, leaving: 1, unreadable: 2 } });
    expect(wokenBefore).toEqual([1, 1]);
  });

  it('keeps a message that it could read in part, and does that part', async () => {
    const event = instanceEvent('health-scheduled-change');
    event.detail.affectedEntities = [{ entityValue: 'i-00000001' }, { entityValue: 'i-no' }];
    const world = open({ web: ['i-00000001'] });
    const answer = await instancesLeaving(world.ports, batch(JSON.stringify(event)));
    expect(answer).toEqual({ batchItemFailures: [], counts: { ...no, leaving: 1, unreadable: 1 } });
    expect(world.kept).toMatchObject([{ body: JSON.stringify(event) }]);
  });

  it('is refused when it is none', async () => {
    await expect(instancesLeaving(open({}).ports, { detail: {} })).rejects.toMatchObject({
      name: 'DocumentInvalid',
    });
  });
});

describe('when something fails', () => {
  it('a letter that can not be kept comes again', async () => {
    const world = open({ web: ['i-00000001'] });
    world.fails.keep = true;
    const answer = await instancesLeaving(world.ports, batch('hello', spot('i-00000001')));
    expect(answer).toEqual({ batchItemFailures: again('m0'), counts: { ...no, leaving: 1 } });
  });

  it('messages of the cluster whose document can not be written come again, others do not', async () => {
    const world = open({ web: ['i-00000001'], batch: ['i-0000000a'] });
    world.store.before = (operation, key) => {
      if (operation === 'put' && key === leavingKey('web')) throw new StoreUnavailableError('no');
    };
    const answer = await instancesLeaving(world.ports, batch(spot('i-00000001'), spot('i-0000000a')));
    expect(answer).toEqual({ batchItemFailures: again('m0'), counts: { ...no, leaving: 1 } });
    world.store.before = () => undefined;
    expect(await instancesLeaving(world.ports, batch(spot('i-00000001')))).toEqual({
      batchItemFailures: [],
      counts: { ...no, leaving: 1 },
    });
  });

  it('an instance that may be in the cluster that does not answer comes again, one that was found does not', async () => {
    const world = open({ web: ['i-00000001'], batch: ['i-0000000a'] });
    world.clusters.before = (cluster) => {
      if (cluster === 'batch') throw new ClusterRefusedError('no');
    };
    const answer = await instancesLeaving(world.ports, batch(spot('i-00000001'), spot('i-00000009')));
    expect(answer).toEqual({ batchItemFailures: again('m1'), counts: { ...no, leaving: 1 } });
  });

  it('a throttled call is made again', async () => {
    const world = open({ web: ['i-00000001'] });
    let calls = 0;
    world.clusters.before = () => {
      if (++calls < 3) throw new CallThrottledError('slower');
    };
    const answer = await instancesLeaving(world.ports, batch(spot('i-00000001')));
    expect(answer.counts).toEqual({ ...no, leaving: 1 });
    expect(world.paid.filter((bucket) => bucket === '!resourceRead')).toHaveLength(2);
  });

  it('a conductor that could not be woken is woken when the message comes again', async () => {
    const world = open({ web: ['i-00000001', 'i-00000002'] });
    world.fails.wake = true;
    const messages = batch(spot('i-00000001'), request('i-00000002'));
    expect((await instancesLeaving(world.ports, messages)).batchItemFailures).toEqual(again('m0', 'm1'));
    world.fails.wake = false;
    expect(await instancesLeaving(world.ports, messages)).toEqual({
      batchItemFailures: [],
      counts: { ...no, known: 2 },
    });
    expect(world.woken).toEqual(['web 1', `web i-00000002-${(now / 1000).toString(36)}`]);
  });

  it('a document that can not be read is no empty one', async () => {
    const world = open({ web: ['i-00000001'] });
    await writeJson(world.store, leavingKey('web'), { version: 2 });
    const answer = await instancesLeaving(world.ports, batch(spot('i-00000001'), spot('i-00000009')));
    expect(answer).toEqual({ batchItemFailures: again('m1', 'm0'), counts: no });
  });
});

describe('many invocations at once', () => {
  it('lose no instance to each other', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `i-000000${n.toString(16).padStart(2, '0')}`);
    const world = open({ web: ids });
    const answers = await Promise.all(ids.map((id) => instancesLeaving(world.ports, batch(spot(id)))));
    const failed = ids.filter((_, n) => answers[n]?.batchItemFailures.length !== 0);
    // Whoever lost too many races is delivered again.
    for (const id of failed)
      expect((await instancesLeaving(world.ports, batch(spot(id)))).batchItemFailures).toEqual([]);
    const document = await world.document('web');
    expect(Object.keys(document?.instances ?? {}).sort()).toEqual(ids);
    expect(document?.generation).toBe(1);
    expect(world.woken.every((who) => who === 'web 1')).toBe(true);
  });

  it('make a coordinator that is about to end look again', async () => {
    const world = open({ web: ['i-00000001'] });
    await writeJson(world.store, leavingKey('web'), aDocument([], { leasedUntilMillis: now + 9000 }));
    const seen = await world.store.get(leavingKey('web'));
    if (seen.kind !== 'found') throw new Error('no document');
    await instancesLeaving(world.ports, batch(spot('i-00000001')));
    // It gives its lease up on the version in which it saw nothing left.
    const end = aDocument([], { leasedUntilMillis: 0 });
    expect(await writeJson(world.store, leavingKey('web'), end, { ifMatch: seen.etag })).toEqual({
      kind: 'conflict',
    });
    // The other way round, news begin a generation.
    await updateLeaving(world.ports, 'web', () => end);
    await instancesLeaving(world.ports, batch(spot('i-00000001')));
    expect(await world.document('web')).toMatchObject({ generation: 2, leasedUntilMillis: now + 60_000 });
    expect(world.woken).toEqual(['web 1', 'web 2']);
  });
});
