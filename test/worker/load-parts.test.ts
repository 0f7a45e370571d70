import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { loadParts, readUploads } from '../../src/worker/load-parts.ts';
import { aPlan, aScenario } from '../plan/a-plan.ts';
import { MemoryStore } from '../run/builders.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const data = { file: 'u.csv', use: 'once', upload: 'uploads/u', rowCount: 2, columns: ['u'] } as const;
const ca = { file: 'ca.pem', upload: 'uploads/ca', bytes: 2 };
const hooks = { file: 'hooks.ts', upload: 'uploads/h', bytes: 9, exports: ['sign'] };

const plan = (overrides: Partial<Plan> = {}): Plan =>
  aPlan({
    tls: { verify: true, ca },
    hooks,
    scenarios: [aScenario({ name: 'a', data }), aScenario({ name: 'b', data })],
    ...overrides,
  });

const aStore = async (): Promise<MemoryStore> => {
  const store = new MemoryStore();
  await store.put('uploads/u', bytes('u\n1\n2\n'));
  await store.put('uploads/ca', bytes('ca'));
  await store.put('uploads/h', bytes('export const sign = () => {};'));
  return store;
};

describe('what an engine is handed', () => {
  it('is read once, whatever refers to it, and taken apart by what it is for', async () => {
    const store = await aStore();
    const reads: string[] = [];
    store.before = (_, key) => reads.push(key);
    const uploads = await readUploads(store, plan());
    expect(reads.sort()).toEqual(['uploads/ca', 'uploads/h', 'uploads/u']);
    const parts = await loadParts(plan(), uploads);
    expect([...parts.data]).toEqual([
      ['a', [{ u: '1' }, { u: '2' }]],
      ['b', [{ u: '1' }, { u: '2' }]],
    ]);
    expect([...parts.files.keys()].sort()).toEqual(['uploads/ca', 'uploads/h']);
    expect([...parts.hooks.keys()]).toEqual(['sign']);
  });

  it('must all be in the store', async () => {
    const store = await aStore();
    await store.delete('uploads/ca');
    await expect(readUploads(store, plan())).rejects.toThrow(/uploads\/ca, the bytes of ca\.pem, is not/);
  });
});
