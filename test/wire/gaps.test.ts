import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainGaps } from '../contract/drain-gaps.ts';
import { gaps } from '../contract/gaps.ts';
import { logsGaps } from '../contract/logs-gaps.ts';
import { scalingGaps } from '../contract/scaling-gaps.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

describe('what moto lacks', () => {
  it.each([...gaps, ...drainGaps, ...scalingGaps, ...logsGaps])(
    '$service: it still $what',
    async ({ probe, stub }) => {
      expect(
        await probe(moto.url),
        `moto does this now: test it over the wire, and drop the stub in ${stub}`,
      ).toBe('open');
    },
  );
});

describe('what stands in for it', () => {
  let aws: WholeAws;
  beforeAll(async () => {
    aws = await startWholeAws();
  });
  afterAll(() => aws.close());

  it.each([...drainGaps, ...scalingGaps, ...logsGaps])(
    '$service: nobody sees that moto $what',
    async ({ probe }) => {
      expect(await probe(aws.url)).toBe('closed');
    },
  );
});
