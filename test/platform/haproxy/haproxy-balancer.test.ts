import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BalancerRefusedError } from '../../../src/errors.ts';
import { formatServers } from '../../../src/platform/haproxy/format-servers.ts';
import { createHaproxyBalancer } from '../../../src/platform/haproxy/haproxy-balancer.ts';
import { addressOf } from '../../../src/platform/haproxy/server-name.ts';
import { withoutHaproxy } from '../../../src/platform/haproxy/without-haproxy.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { PaperHaproxy } from './support/paper-haproxy.ts';

const group = 'haproxy:web';
const target = (n: number) => ({ id: `10.0.0.${n}`, port: 80 });

const open = (serverOptions?: string) => {
  const haproxy = new PaperHaproxy();
  const store = new MemoryStore({ time: { sleep: async () => {} } });
  let now = 0;
  const make = () =>
    createHaproxyBalancer({
      api: haproxy,
      store,
      nowMillis: () => now,
      deregistrationDelaySeconds: 30,
      ...(serverOptions === undefined ? {} : { serverOptions }),
    });
  return {
    haproxy,
    store,
    make,
    balancer: make(),
    pass: (millis: number): void => {
      now += millis;
    },
  };
};

describe('a backend of HAProxy', () => {
  it('gets a server, which is silenced and then removed', async () => {
    const { balancer, haproxy } = open();
    await balancer.register(group, [target(1)]);
    expect(haproxy.served()).toEqual(['10.0.0.1:80']);
    const server = haproxy.server('sd-10-0-0-1-80');
    if (server !== undefined) server.inFlight = 1;
    await balancer.deregister(group, [target(1)]);
    expect(await balancer.health(group)).toEqual([{ ...target(1), state: 'draining', inFlight: 1 }]);
    if (server !== undefined) server.inFlight = 0;
    expect(await balancer.repair(group)).toEqual({ added: 0, silenced: 0, removed: 1 });
    expect(await balancer.health(group)).toEqual([]);
  });

  it('cuts off what is still in flight when the delay is over, not before', async () => {
    const { balancer, haproxy, pass } = open();
    await balancer.register(group, [target(1)]);
    const server = haproxy.server('sd-10-0-0-1-80');
    if (server !== undefined) server.inFlight = 1;
    await balancer.deregister(group, [target(1)]);
    pass(29_999);
    await balancer.repair(group);
    expect(server?.inFlight).toBe(1);
    pass(1);
    await balancer.repair(group);
    expect(haproxy.server('sd-10-0-0-1-80')).toBeUndefined();
  });

  it('gets back what a reload lost, and nothing that had left', async () => {
    const { balancer, haproxy } = open();
    await balancer.register(group, [target(1), target(2)]);
    await balancer.deregister(group, [target(2)]);
    haproxy.reload();
    expect(await balancer.repair(group)).toMatchObject({ added: 1 });
    expect(haproxy.served()).toEqual(['10.0.0.1:80']);
  });

  it('keeps what its configuration names, and only enables and silences it', async () => {
    const { balancer, haproxy } = open();
    haproxy.addFixed('first', '10.0.0.1:80');
    haproxy.addFixed('other', '10.0.0.2:80');
    await balancer.register(group, [target(1)]);
    await balancer.deregister(group, [target(1)]);
    await balancer.repair(group);
    expect([haproxy.server('first')?.state, haproxy.server('other')?.state]).toEqual(['MAINT', 'UP']);
  });

  it('tells which groups something is kept of, and their lines for the configuration', async () => {
    const { balancer, store } = open();
    expect(await balancer.knownGroups()).toEqual([]);
    await balancer.register(group, [target(1), target(2)]);
    await balancer.deregister(group, [target(2)]);
    expect(await balancer.knownGroups()).toEqual([group]);
    expect(await formatServers(store, group, 'check')).toBe('  server sd-10-0-0-1-80 10.0.0.1:80 check\n');
  });

  it('refuses what HAProxy could not have, and names the fix', async () => {
    const { balancer } = open();
    const refused = { name: 'BalancerRefused' };
    await expect(balancer.register('haproxy:nowhere', [target(1)])).rejects.toMatchObject(refused);
    await expect(balancer.register('haproxy:a;b', [target(1)])).rejects.toMatchObject(refused);
    await expect(balancer.register(group, [{ id: 'i-1', port: 80 }])).rejects.toMatchObject(refused);
    await expect(balancer.register(group, [{ id: '10.0.0.1', port: 0 }])).rejects.toMatchObject(refused);
    for (const options of ['weight 5', 'check; disable frontend x', 'check\nshow env'])
      expect(() => open(options)).toThrow(expect.objectContaining(refused));
  });

  it('silences a server though another one is refused, and tells only whoever asked for that one', async () => {
    const { balancer, haproxy } = open();
    haproxy.before = (line) => {
      if (line.startsWith('add server web/sd-10-0-0-1-80')) throw new BalancerRefusedError('no room for it');
    };
    await expect(balancer.register(group, [target(1)])).rejects.toThrow('no room for it');
    await balancer.register(group, [target(2)]);
    expect(haproxy.served()).toEqual(['10.0.0.2:80']);
    await balancer.deregister(group, [target(2)]);
    expect(haproxy.served()).toEqual([]);
    await expect(balancer.repair(group)).rejects.toThrow('no room for it');
    haproxy.before = () => undefined;
    expect(await balancer.repair(group)).toEqual({ added: 1, silenced: 0, removed: 0 });
    expect(haproxy.served()).toEqual(['10.0.0.1:80']);
  });

  it('says what to do when the runtime API may only look', async () => {
    const { balancer, haproxy } = open();
    const ask = haproxy.ask.bind(haproxy);
    haproxy.ask = async (line) => (line.startsWith('show') ? ask(line) : 'Permission denied');
    await expect(balancer.register(group, [target(1)])).rejects.toMatchObject({
      name: 'BalancerRefused',
      message: expect.stringContaining('level admin'),
    });
  });

  it('is what was last wished for, after any calls, deaths and reloads, and one repair', async () => {
    const step = fc.record({
      kind: fc.constantFrom('register', 'deregister', 'repair', 'reload', 'pass'),
      n: fc.integer({ min: 1, max: 4 }),
      /** At which line to HAProxy it dies. */
      dies: fc.option(fc.nat(4)),
      isDoubled: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
        const { haproxy, make, pass } = open();
        haproxy.addFixed('fixed', '10.0.9.9:80');
        const wished = new Set<string>();
        for (const { kind, n, dies, isDoubled } of steps) {
          let lines = 0;
          haproxy.before = () => {
            if (dies !== null && lines++ >= dies) throw new Error('died');
          };
          const balancer = make();
          const act = async (): Promise<unknown> => {
            if (kind === 'register') return balancer.register(group, [target(n)]);
            if (kind === 'deregister') return balancer.deregister(group, [target(n)]);
            return balancer.repair(group);
          };
          if (kind === 'reload') haproxy.reload();
          else if (kind === 'pass') pass(10_000 * n);
          else {
            await Promise.allSettled(isDoubled ? [act(), act()] : [act()]);
            // Whoever asks is told to ask again, and does so.
            haproxy.before = () => undefined;
            if (dies !== null) await act();
            if (kind === 'register') wished.add(addressOf(target(n)));
            if (kind === 'deregister') wished.delete(addressOf(target(n)));
          }
          haproxy.before = () => undefined;
        }
        await make().repair(group);
        expect(haproxy.served()).toEqual(['10.0.9.9:80', ...wished].sort());
        pass(60_000);
        await make().repair(group);
        expect(haproxy.backends.get('web')?.size).toBe(wished.size + 1);
      }),
    );
  });

  it('ends with one wish when a registration and a deregistration meet', async () => {
    const { haproxy, make } = open();
    await Promise.all([make().register(group, [target(1)]), make().deregister(group, [target(1)])]);
    const balancer = make();
    await balancer.repair(group);
    const served = haproxy.served();
    await balancer.repair(group);
    expect(haproxy.served()).toEqual(served);
  });
});

describe('without a HAProxy', () => {
  it('nothing is registered, and whoever registers is told', async () => {
    expect(await withoutHaproxy.describeGroups([group])).toEqual([]);
    expect(await withoutHaproxy.health(group)).toEqual([]);
    expect(await withoutHaproxy.knownGroups()).toEqual([]);
    await withoutHaproxy.deregister(group, [target(1)]);
    await expect(withoutHaproxy.register(group, [target(1)])).rejects.toMatchObject({
      name: 'BalancerRefused',
      message: expect.stringContaining('HaproxyRuntimeApi'),
    });
  });
});
