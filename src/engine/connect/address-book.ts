import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { AddressGuard } from '../../plan/allowed-targets.ts';
import type { RunClock } from '../engine.ts';
import { addressNotAllowedCode } from './classify-failure.ts';

/** Connecting to this address is not allowed; nothing was sent. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = addressNotAllowedCode;
}

type Resolved = (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void;
type Resolver = (host: string, options: { readonly all: true }, done: Resolved) => void;

/**
 * Node resolves names on the four threads it also reads files with, so a name is asked for once in this time, not
 * once a connection; it is short enough to follow a balancer whose addresses change.
 */
const keepMicros = 5_000_000;

interface Entry {
  readonly atMicros: number;
  readonly addresses: readonly LookupAddress[];
}

/** Resolves names for connections, and lets none of them have an address that the guard refuses. */
export class AddressBook {
  readonly #guard: AddressGuard;
  readonly #clock: RunClock;
  readonly #resolver: Resolver;
  readonly #known = new Map<string, Entry>();
  readonly #asking = new Map<string, Resolved[]>();
  readonly #turns = new Map<string, number>();

  constructor(guard: AddressGuard, clock: RunClock, resolver: Resolver = systemLookup) {
    this.#guard = guard;
    this.#clock = clock;
    this.#resolver = resolver;
  }

  /** The reason why an address written as one may not be connected to; names are looked at once they are resolved. */
  refusal(host: string, address: string): AddressRefused | undefined {
    const reason = this.#guard.refusesAddress(host, address);
    return reason === undefined ? undefined : new AddressRefused(reason);
  }

  /** For `net.connect`. Each call begins with another address, as a balancer's many clients would. Refused addresses are left out; when none remains the lookup fails with the reason. */
  readonly lookup: LookupFunction = (host, options, done) => {
    this.#resolve(host, (error, addresses) => {
      if (error !== null) return done(error, '');
      const allowed = addresses.filter(({ address }) => this.refusal(host, address) === undefined);
      const turn = this.#turns.get(host) ?? 0;
      this.#turns.set(host, turn + 1);
      const wanted = inTurn(
        allowed.filter(({ family }) => isWanted(family, options)),
        turn,
      );
      const [first] = wanted;
      if (first === undefined) return done(this.#nothingLeft(host, addresses, allowed), '');
      if (options.all === true) return done(null, [...wanted]);
      return done(null, first.address, first.family);
    });
  };

  #nothingLeft(host: string, found: readonly LookupAddress[], allowed: readonly LookupAddress[]): Error {
    const refused = found.find((each) => !allowed.includes(each));
    const refusal = refused === undefined ? undefined : this.refusal(host, refused.address);
    return refusal ?? Object.assign(new Error(`no address for ${host}`), { code: 'ENOTFOUND' });
  }

  #resolve(host: string, done: Resolved): void {
    const known = this.#known.get(host);
    if (known !== undefined && this.#clock.nowMicros() - known.atMicros < keepMicros) {
      done(null, known.addresses);
      return;
    }
    const waiting = this.#asking.get(host);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    const asked: Resolved[] = [done];
    this.#asking.set(host, asked);
    this.#resolver(host, { all: true }, (error, addresses) => {
      this.#asking.delete(host);
      if (error === null) this.#known.set(host, { atMicros: this.#clock.nowMicros(), addresses });
      for (const each of asked) each(error, addresses);
    });
  }
}

/**
 * Another address first with each turn, but of the family that the system prefers: the other one may lead nowhere, and
 * each connection would find that out anew.
 */
const inTurn = (addresses: readonly LookupAddress[], turn: number): readonly LookupAddress[] => {
  const preferred = addresses.filter(({ family }) => family === addresses[0]?.family);
  const others = addresses.filter((each) => !preferred.includes(each));
  const begin = preferred.length === 0 ? 0 : turn % preferred.length;
  return [...preferred.slice(begin), ...preferred.slice(0, begin), ...others];
};

const isWanted = (family: number, options: LookupOptions): boolean => {
  const wanted = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  return wanted === 0 || wanted === family;
};
