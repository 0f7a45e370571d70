import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gaps } from '../contract/gaps.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

describe('what moto lacks', () => {
  it.each(gaps)('$service: it still $what', async ({ probe, stub }) => {
    expect(
      await probe(moto.url),
      `moto does this now: test it over the wire, and drop the stub in ${stub}`,
    ).toBe('open');
  });
});
