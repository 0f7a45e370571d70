import { describe, expect, it } from 'vitest';
import { openLazily } from '../../src/cli/open-lazily.ts';

class Counter {
  #count = 0;

  async add(step: number): Promise<number> {
    this.#count += step;
    return this.#count;
  }
}

const aPlace = () => {
  const said: string[] = [];
  const place = openLazily<Counter>(async () => {
    said.push('opened');
    return { api: new Counter(), close: async () => void said.push('closed') };
  });
  return { said, ...place };
};

describe('what is opened lazily', () => {
  it('is opened by its first call, once, however many come together', async () => {
    const { api, said } = aPlace();
    expect(said).toEqual([]);
    expect(await Promise.all([api.add(1), api.add(2)])).toEqual([1, 3]);
    expect(said).toEqual(['opened']);
  });

  it('is closed only if it was opened', async () => {
    const { api, said, close } = aPlace();
    await close();
    expect(said).toEqual([]);
    await api.add(1);
    await close();
    expect(said).toEqual(['opened', 'closed']);
  });

  it('can be handed on by what is waited for', async () => {
    const { api, said } = aPlace();
    expect(await Promise.resolve(api)).toBe(api);
    expect(said).toEqual([]);
  });

  it('tells everybody who calls why it could not be opened, and closes quietly', async () => {
    const { api, close } = openLazily<Counter>(() => Promise.reject(new Error('no room')));
    await expect(api.add(1)).rejects.toThrow('no room');
    await expect(api.add(1)).rejects.toThrow('no room');
    await close();
  });
});
