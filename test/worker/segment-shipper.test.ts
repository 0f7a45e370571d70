import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../src/errors.ts';
import { decodeSegment } from '../../src/stats/segment.ts';
import { segmentShipper } from '../../src/worker/segment-shipper.ts';
import { MemoryStore } from '../run/builders.ts';
import { tallyOf } from '../stats/builders.ts';

const worker = { shard: 1, attempt: 2 };

describe('segment shipper', () => {
  it('stores segments in order, whatever fails in between', async () => {
    const store = new MemoryStore();
    let failures = 3;
    store.before = (operation) => {
      if (operation === 'put' && failures-- > 0) throw new StoreUnavailableError('passing');
    };
    const shipper = segmentShipper(store, 'r1', worker);
    shipper.ship(0, 1, tallyOf([{ kind: 'arrived', at: 1, micros: 1 }]), false);
    shipper.ship(1, 2, tallyOf([]), false);
    shipper.ship(2, 2.5, tallyOf([]), true);
    expect(await shipper.shipped()).toBe(3);
    expect([...store.objects.keys()]).toEqual(
      [0, 1, 2].map((seq) => `runs/r1/segments/000001/000002/00000${seq}.json.gz`),
    );
    const [first, , last] = [...store.objects].map(([key, { body }]) => decodeSegment(body, key));
    expect(first?.tally.seconds.get(0)?.arrived).toBe(1);
    expect(last).toMatchObject({ ...worker, seq: 2, final: true, fromSeconds: 2, toSeconds: 2.5 });
  });
});
