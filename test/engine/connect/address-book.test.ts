import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../src/engine/connect/address-book.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import { aPlan } from '../support/a-plan.ts';
import { oneArrival, played } from '../support/played.ts';

const found = (...addresses: readonly string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const bookOf = (addresses: readonly LookupAddress[], allowed: readonly string[] = []) => {
  const clock = { now: 0, nowMicros: () => clock.now };
  const asked: (() => void)[] = [];
  const book = new AddressBook(addressGuard(allowed), clock, (_host, _options, done) => {
    asked.push(() => done(null, addresses));
  });
  const look = (options = {}): Promise<unknown> =>
    new Promise((resolve) => {
      book.lookup('shop.test', { all: true, ...options }, (error, address) => resolve(error ?? address));
    });
  return { book, clock, asked, look };
};

describe('address book', () => {
  it('leaves out the addresses that are refused', async () => {
    const { asked, look } = bookOf(found('10.0.0.1', '169.254.169.254', '10.0.0.2', '8.8.8.8'), [
      '10.0.0.0/8',
    ]);
    const looking = look();
    asked[0]?.();
    expect(await looking).toEqual(found('10.0.0.1', '10.0.0.2'));
  });

  it('fails when every address is refused, with the reason', async () => {
    const { asked, look } = bookOf(found('169.254.169.254'), ['shop.test']);
    const looking = look();
    asked[0]?.();
    expect(await looking).toMatchObject({
      code: 'ADDRESS_NOT_ALLOWED',
      message: expect.stringMatching(/metadata/),
    });
  });

  it('asks once for many connections, and again when the answer is old', async () => {
    const { asked, clock, look } = bookOf(found('127.0.0.1'));
    const both = Promise.all([look(), look()]);
    asked[0]?.();
    await both;
    clock.now = 4_900_000;
    await look();
    expect(asked).toHaveLength(1);
    clock.now = 5_000_000;
    const again = look();
    expect(asked).toHaveLength(2);
    asked[1]?.();
    await again;
  });

  it('answers for the family that is asked for', async () => {
    const { asked, look } = bookOf(found('::1', '127.0.0.1'));
    const looking = look({ family: 4, all: false });
    asked[0]?.();
    expect(await looking).toBe('127.0.0.1');
  });

  it('begins with another address for each connection, of the family that the system prefers', async () => {
    const { asked, look } = bookOf(found('::1', '127.0.0.1', '127.0.0.2', '127.0.0.3', '::1'));
    const looking = look();
    asked[0]?.();
    await looking;
    expect(await look({ family: 4 })).toEqual(found('127.0.0.2', '127.0.0.3', '127.0.0.1'));
    expect(await look({ family: 4 })).toEqual(found('127.0.0.3', '127.0.0.1', '127.0.0.2'));
    expect(await look({ family: 4, all: false })).toBe('127.0.0.1');
    expect(await look()).toEqual(found('::1', '::1', '127.0.0.1', '127.0.0.2', '127.0.0.3'));
  });

  it('gives each address the same share, whatever the number', async () => {
    const addresses = fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(addresses, fc.integer({ min: 1, max: 4 }), async (all, rounds) => {
        const { asked, look } = bookOf(
          found(...all.map((address) => `127.${address.split('.', 3).join('.')}`)),
        );
        const firsts = new Map<unknown, number>();
        for (let i = 0; i < all.length * rounds; i++) {
          const looking = look({ all: false });
          asked[i]?.();
          const first = await looking;
          firsts.set(first, (firsts.get(first) ?? 0) + 1);
        }
        expect([...firsts.values()].reduce((sum, count) => sum + count, 0)).toBe(all.length * rounds);
        expect(Math.min(...firsts.values())).toBeGreaterThanOrEqual(rounds);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the address guard', () => {
  it.each(['http://10.255.255.1', 'http://169.254.169.254', 'http://[fe80::1]'])(
    'keeps %s from being connected to',
    async (target) => {
      const sink = await played(aPlan({ target }));
      expect(sink.kinds).toEqual(['address not allowed']);
      expect(sink.failures).toHaveLength(20);
      expect(sink.failures[0]?.timing).toMatchObject({ bytesSent: 0, connectMicros: 0 });
    },
  );

  it('keeps a name from being connected to when its address is refused', async () => {
    const asked: [string, string][] = [];
    const guard = {
      refusesHost: () => undefined,
      refusesAddress: (host: string, address: string) => {
        asked.push([host, address]);
        return 'not today';
      },
    };
    const sink = await played(aPlan({ target: 'http://localhost:1', load: oneArrival }), { guard });
    expect(sink.failures.map(({ kind, example }) => [kind, example])).toEqual([
      ['address not allowed', 'GET /: not today'],
    ]);
    expect(asked[0]?.[0]).toBe('localhost');
  });
});
