import { expect, it } from 'vitest';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { VirtualTime } from '../../../src/platform/local/virtual-time.ts';
import { describeObjectListingContract } from '../../contract/object-listing.contract.ts';
import { describeObjectStoreContract } from '../../contract/object-store.contract.ts';

const open = async () => ({
  store: new MemoryStore({ time: { sleep: async () => undefined } }),
  close: async () => undefined,
});

describeObjectStoreContract('memory', open);
describeObjectListingContract('memory', open);

it('takes as long as its clock says, and has taken effect half-way', async () => {
  const time = new VirtualTime();
  const store = new MemoryStore({ time, latencyMillis: () => 100 });
  const seen: string[] = [];
  await time.run(
    Promise.all([
      store.put('a', new Uint8Array([1])).then(() => seen.push(`written at ${time.nowMillis()}`)),
      (async () => {
        await time.sleep(10);
        const got = await store.get('a');
        seen.push(`${got.kind} at ${time.nowMillis()}`);
      })(),
    ]),
  );
  expect(seen).toEqual(['written at 100', 'found at 110']);
});
