import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRuntimeApi, parseRuntimeAddress } from '../../../src/platform/haproxy/runtime-api.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) {
    server.close();
    await once(server, 'close');
  }
});

const listen = async (answer: (command: string, socket: Socket) => void): Promise<string> => {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => answer(String(chunk), socket));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
};

const sleep = async (): Promise<void> => {};

describe('the runtime API', () => {
  it('sends one line and gives the answer', async () => {
    const address = await listen((command, socket) => socket.end(`said ${command.trim()}\n\n`));
    expect(await createRuntimeApi({ address }).ask('show info')).toBe('said show info');
  });

  it('asks again when a process goes away without an answer', async () => {
    let times = 0;
    const address = await listen((_, socket) => (++times < 3 ? socket.destroy() : socket.end('\n')));
    expect(await createRuntimeApi({ address, sleep }).ask('show info')).toBe('');
    expect(times).toBe(3);
  });

  it('gives up on one that never answers, and names the place', async () => {
    const address = await listen(() => {});
    const api = createRuntimeApi({ address, sleep, timeoutMillis: 20, tries: 2 });
    const error = await api.ask('show info').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'BalancerUnavailable', message: expect.stringContaining(address) });
  });

  it.each(['', 'haproxy', '127.0.0.1:0', '127.0.0.1:70000', 'a b:1'])(
    'refuses the address "%s"',
    (address) => {
      expect(() => parseRuntimeAddress(address)).toThrow(expect.objectContaining({ name: 'BadInput' }));
    },
  );
});
