/**
 * Requests to a store that are under way at once. S3 answers a small read in some 30 ms, so that 48 are 1,600 a second:
 * below what it serves for one prefix (5,500 a second), and below the 50 sockets of a client.
 */
export const readsAtOnce = 48;

/** Does the work for each item, at most `atOnce` at a time; the first that fails ends it. */
export const forEachAtOnce = async <Item>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const waiting = items[Symbol.iterator]();
  let failed = false;
  const take = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true && !failed; next = waiting.next())
      await work(next.value);
  };
  const hand = (): Promise<void> =>
    take().catch((error: unknown) => {
      failed = true;
      throw error;
    });
  await Promise.all(Array.from({ length: atOnce }, hand));
};
