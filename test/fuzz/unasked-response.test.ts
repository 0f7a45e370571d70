import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { aPlan, aRequest, aScenario } from '../engine/support/a-plan.ts';
import { oneArrival, played } from '../engine/support/played.ts';
import { ok, rawServer } from '../engine/support/raw-server.ts';

/** More than the sockets of both sides hold. */
const largeBody = 'x'.repeat(16 * 1024 * 1024);

const askWithNode = async (agent: Agent, url: string, body = ''): Promise<string> => {
  const asked = request(url, { agent, method: body === '' ? 'GET' : 'POST' });
  // A request that is cut off after its response is no failure of that response.
  asked.on('error', () => {});
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response) text += String(piece);
  return `${response.statusCode} ${text}`;
};

const playedPair = async (target: string, first: string, second: string, body = '') => {
  const step = (text: string) => aRequest({ expect: [{ on: 'body', match: { how: 'equals', text } }] });
  const post = { method: 'POST', body: { format: 'text', template: body } } as const;
  const think = { kind: 'think', minSeconds: 0.4, maxSeconds: 0.4 } as const;
  const steps = [body === '' ? step(first) : { ...step(first), ...post }, think, step(second)];
  return played(aPlan({ target, load: oneArrival, scenarios: [aScenario(steps)] }));
};

describe('a response before its request is written', () => {
  const answersAtOnce = () =>
    rawServer(
      () => {},
      (socket) =>
        socket.once('data', () => {
          socket.write(ok('early'));
          socket.pause();
        }),
    );

  it("answers it, and the rest of the request keeps the connection from another one, as in Node's client", async () => {
    await using forNode = await answersAtOnce();
    const agent = new Agent({ keepAlive: true });
    expect(await askWithNode(agent, forNode.url, largeBody)).toBe('200 early');
    expect(await askWithNode(agent, forNode.url)).toBe('200 early');
    agent.destroy();

    await using forEngine = await answersAtOnce();
    const sink = await playedPair(forEngine.url, 'early', 'early', largeBody);
    expect([sink.completions.length, sink.kinds]).toEqual([2, []]);
    expect([forNode.connections(), forEngine.connections()]).toEqual([2, 2]);
  });
});

describe('a response without a request', () => {
  const answersTwice = () =>
    rawServer((socket) => {
      socket.write(ok('asked'));
      setTimeout(() => socket.write(ok('unasked')), 100);
    });

  it("on an idle connection answers no later request, as in Node's client", async () => {
    await using forNode = await answersTwice();
    const agent = new Agent({ keepAlive: true });
    expect(await askWithNode(agent, forNode.url)).toBe('200 asked');
    await delay(400);
    expect(await askWithNode(agent, forNode.url)).toBe('200 asked');
    agent.destroy();

    await using forEngine = await answersTwice();
    const sink = await playedPair(forEngine.url, 'asked', 'asked');
    expect([sink.completions.length, sink.kinds]).toEqual([2, []]);
    expect([forNode.connections(), forEngine.connections()]).toEqual([2, 2]);
  });

  it('that comes with another response fails that one', async () => {
    await using server = await rawServer((socket) => socket.write(ok('asked') + ok('unasked')));
    expect((await playedPair(server.url, 'asked', 'asked')).kinds).toEqual(['parse']);
  });
});
