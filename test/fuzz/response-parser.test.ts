import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfResponse, readWithEngine, trailingBytes } from './engine-parser.ts';
import { knownDifferences } from './known-differences.ts';
import { readWithNode } from './node-client.ts';
import { randomResponse } from './random-response.ts';
import type { ResponseReading, SentResponse } from './response-reading.ts';

const cases = Number(process.env.STORMDRAIN_FUZZ_CASES ?? 2000);
const timeoutMillis = 30_000 + 10 * cases;
const seed = Number(process.env.STORMDRAIN_FUZZ_SEED ?? Date.now() % 2 ** 31);

/**
 * A byte after the end fails a response here. What Node makes of it depends on where the bytes are cut, so it is asked
 * about the response alone: that one it must accept.
 */
const withoutTrailingBytes = (sent: SentResponse, reading: ResponseReading): SentResponse => {
  if (reading.outcome === 'accepted' || reading.reason !== trailingBytes) return sent;
  const end = endOfResponse(sent) ?? 0;
  return { ...sent, bytes: sent.bytes.subarray(0, end), cuts: sent.cuts.filter((cut) => cut < end) };
};

const isSame = (engine: ResponseReading, node: ResponseReading): boolean =>
  engine.outcome === 'rejected'
    ? node.outcome === 'rejected'
    : JSON.stringify(engine) === JSON.stringify(node);

describe('response parser', () => {
  it(
    `reads ${cases} random responses as Node's client does`,
    async () => {
      const count = { accepted: 0, rejected: 0, explained: 0 };
      await fc.assert(
        fc.asyncProperty(randomResponse, async (random) => {
          const sent = withoutTrailingBytes(random, readWithEngine(random));
          const engine = readWithEngine(sent);
          const node = await readWithNode(sent);
          if (isSame(engine, node)) count[engine.outcome]++;
          else {
            count.explained++;
            const known = knownDifferences.some((difference) => difference.explains(sent, engine, node));
            if (!known) expect(engine, JSON.stringify(sent.bytes.toString('latin1'))).toEqual(node);
          }
        }),
        { numRuns: cases, seed },
      );
      console.log(`seed ${seed}:`, count);
      // Responses that all are rejected would show little.
      expect(count.accepted).toBeGreaterThan(cases / 4);
      expect(count.rejected).toBeGreaterThan(cases / 10);
    },
    timeoutMillis,
  );

  it(
    'reads a random response cut anywhere as it reads it whole',
    () => {
      fc.assert(
        fc.property(randomResponse, (sent) => {
          const whole = { ...sent, cuts: [] };
          const readings = [readWithEngine(whole), readWithEngine(whole)];
          expect(readWithEngine(sent)).toEqual(readings[0]);
          expect(readings[1]).toEqual(readings[0]);
        }),
        { numRuns: cases, seed },
      );
    },
    timeoutMillis,
  );
});

describe('differences to Node', () => {
  it.each(knownDifferences)('$name', async ({ example, explains }) => {
    const sent = { method: example.method, bytes: Buffer.from(example.text, 'latin1'), cuts: [] };
    const engine = readWithEngine(sent);
    const node = await readWithNode(sent);
    expect(isSame(engine, node)).toBe(false);
    expect(explains(sent, engine, node)).toBe(true);
    expect(knownDifferences.filter((each) => each.explains(sent, engine, node))).toHaveLength(1);
  });
});
