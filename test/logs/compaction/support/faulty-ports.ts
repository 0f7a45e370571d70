import type { CatalogPorts } from '../../../../src/logs/logs-ports.ts';

/** What happens at each call of a port: before it takes effect, and after. */
export interface AtCalls {
  before(call: string): Promise<void> | void;
  after(call: string): Promise<void> | void;
  /** Has the call, which is handed over unmade, in its own hands, and gives it back to the caller as it likes. */
  instead?(call: string, make: () => Promise<unknown>): Promise<unknown>;
}

/** Ports that tell of each call; a listing is a call when it begins, and its end is what comes after it. */
export const toldPorts = (ports: CatalogPorts, at: AtCalls): CatalogPorts => ({
  ...ports,
  store: told(ports.store, 'store', at),
  listing: told(ports.listing, 'listing', at),
  catalog: told(ports.catalog, 'catalog', at),
});

const told = <Port extends object>(port: Port, name: string, at: AtCalls): Port =>
  new Proxy(port, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const call = `${name}.${String(property)}`;
      return (...args: readonly unknown[]) => {
        const first = `${call} ${typeof args[0] === 'string' ? args[0] : ''}`;
        const begin = (): unknown => value.apply(target, args);
        return ['list', 'folders', 'objects', 'entries', 'partitions'].includes(String(property))
          ? toldListing(first, begin as () => AsyncIterable<unknown>, at)
          : toldCall(first, begin as () => Promise<unknown>, at);
      };
    },
  });

const toldCall = async (call: string, begin: () => Promise<unknown>, at: AtCalls): Promise<unknown> => {
  await at.before(call);
  const result = await (at.instead === undefined ? begin() : at.instead(call, begin));
  await at.after(call);
  return result;
};

const toldListing = async function* (
  call: string,
  begin: () => AsyncIterable<unknown>,
  at: AtCalls,
): AsyncIterable<unknown> {
  await at.before(call);
  yield* begin();
  await at.after(call);
};
