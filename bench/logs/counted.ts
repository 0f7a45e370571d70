/** Calls by `<port>.<method>`. */
export type CallCounts = Map<string, number>;

const perPage: Readonly<Record<string, number>> = { entries: 100 };
/** What S3 and Glue have in one answer of anything else. */
const otherwisePerPage = 1_000;

/** The same port; each call is counted, and each page of what is listed. */
export const counted = <Port extends object>(name: string, port: Port, counts: CallCounts): Port => {
  const count = (method: string): void => {
    const key = `${name}.${method}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  return new Proxy(port, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function' || typeof property !== 'string') return value;
      return (...args: readonly unknown[]) => {
        const result: unknown = Reflect.apply(value, target, [...args]);
        count(property);
        return isPaged(result)
          ? pages(result, perPage[property] ?? otherwisePerPage, () => count(property))
          : result;
      };
    },
  });
};

const isPaged = (result: unknown): result is AsyncIterable<unknown> =>
  typeof result === 'object' && result !== null && Symbol.asyncIterator in result;

async function* pages(items: AsyncIterable<unknown>, size: number, turn: () => void): AsyncIterable<unknown> {
  let taken = 0;
  for await (const item of items) {
    if (taken > 0 && taken % size === 0) turn();
    taken += 1;
    yield item;
  }
}
