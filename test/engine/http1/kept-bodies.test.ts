import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ResponseParser } from '../../../src/engine/http1/response-parser.ts';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import type { RequestStep } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { bytesHeld } from '../support/collect-garbage.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const megabytes = 1024 * 1024;
const think = { kind: 'think', minSeconds: 3600, maxSeconds: 3600 } as const;

/** Bytes that are held beside the heap by 20 arrivals of one moment, whose answers of 2 MB all broke off. */
const heldAfterFailing = async (): Promise<number> => {
  const cutShort = Buffer.from(ok('x'.repeat(2 * megabytes + 1))).subarray(0, -1);
  const asking: Socket[] = [];
  await using server = await rawServer((socket) => {
    asking.push(socket);
    if (asking.length === 20) for (const each of asking) each.end(cutShort);
  });
  const expectations = [{ on: 'body', match: { how: 'contains', text: 'x' } }] as const;
  const sink = new CheckingSink();
  // A pause keeps the run going, and with it the arrivals that are ready for use.
  const stages = [
    { seconds: 0.2, from: 100, to: 100 },
    { seconds: 3600, from: 0, to: 0 },
  ];
  const plan = aPlan({
    target: server.url,
    load: { model: 'open', arrivals: 'even', stages },
    scenarios: [aScenario([aRequest({ expect: expectations })])],
  });
  const before = await bytesHeld();
  const run = nativeEngine.start(aShard(plan), startedClock(), sink);
  await expect.poll(() => sink.failures.length, { timeout: 10_000 }).toBe(20);
  await expect.poll(() => run.openSockets()).toBe(0);
  const after = await bytesHeld();
  run.stop(0);
  await run.finished;
  expect(sink.kinds).toEqual(['reset']);
  return after.beside - before.beside;
};

/** Bytes that 20 arrivals hold beside the heap which have each had an answer of 2 MB and think. */
const heldWhileThinking = async (
  step: Partial<RequestStep>,
  rows: readonly string[] = [],
): Promise<number> => {
  const answer = Buffer.from(ok(`token=${'t'.repeat(30)};${'x'.repeat(2 * megabytes)}`));
  const asking: Socket[] = [];
  // All at once, so that each arrival has a connection of its own.
  await using server = await rawServer((socket) => {
    asking.push(socket);
    if (asking.length === 20) for (const each of asking) each.write(answer);
  });
  const sink = new CheckingSink();
  const data = rows.length === 0 ? {} : { data: new Map([['browse', rows.map((row) => ({ row }))]]) };
  const source = { file: 'x', use: 'cycle', upload: 'x', rowCount: rows.length, columns: ['row'] } as const;
  const overrides = rows.length === 0 ? {} : { data: source };
  const plan = aPlan({
    target: server.url,
    scenarios: [aScenario([aRequest(step), think], overrides)],
  });
  const before = await bytesHeld();
  const run = nativeEngine.start(aShard(plan, data), startedClock(), sink);
  await expect.poll(() => sink.completions.length, { timeout: 10_000 }).toBe(20);
  const after = await bytesHeld();
  run.stop(0);
  await run.finished;
  expect(sink.failures).toEqual([]);
  return after.beside - before.beside;
};

describe('bodies', () => {
  it('in chunks of a byte take little more than their bytes', async () => {
    const parser = new ResponseParser();
    parser.begin({ toHead: false, keepHead: true, keepBody: true, maxBodyBytes: megabytes });
    const feed = (bytes: Buffer): void => parser.feed(bytes, bytes.length);
    const chunks = Buffer.from('1\r\nx\r\n'.repeat(1000));
    const before = await bytesHeld();
    feed(Buffer.from('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'));
    for (let i = 0; i < 900; i++) feed(chunks);
    const after = await bytesHeld();
    expect(after.heap + after.beside - before.heap - before.beside).toBeLessThan(5 * megabytes);
    feed(Buffer.from('0\r\n\r\n'));
    expect([parser.stage, parser.body().toString()]).toEqual(['complete', 'x'.repeat(900_000)]);
  });

  it('of responses are let go once they have been looked at', async () => {
    const expects = [{ on: 'body', match: { how: 'contains', text: 'token' } }] as const;
    expect(await heldWhileThinking({ expect: expects })).toBeLessThan(15 * megabytes);
  });

  it('of responses are let go though a piece of them was captured', async () => {
    const capture = [{ variable: 'token', from: 'regex', regex: 'token=(t+)' }] as const;
    expect(await heldWhileThinking({ capture })).toBeLessThan(15 * megabytes);
  });

  it('of responses are let go when they break off', async () => {
    expect(await heldAfterFailing()).toBeLessThan(15 * megabytes);
  });

  it('of requests are let go once they are answered', async () => {
    const template = `{{row}}${'y'.repeat(2 * megabytes)}`;
    const held = await heldWhileThinking({ method: 'POST', body: { format: 'text', template } }, ['1', '2']);
    expect(held).toBeLessThan(15 * megabytes);
  });

  it('of requests that are all the same are not kept once for each arrival', async () => {
    const body = { format: 'text', template: 'y'.repeat(2 * megabytes) } as const;
    expect(await heldWhileThinking({ method: 'POST', body, redirects: 1 })).toBeLessThan(15 * megabytes);
  });
});
