import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { BadInputError, BalancerUnavailableError } from '../../errors.ts';

/** HAProxy's runtime API: one line in, text out. */
export interface RuntimeApi {
  /** The answer without surrounding white space. Throws `BalancerUnavailable` when there is none after a few tries. */
  ask(command: string): Promise<string>;
}

export interface RuntimeApiOptions {
  /** Path of the stats socket, or `host:port` (`[v6]:port`). It asks for no password, so it must be out of others' reach. */
  readonly address: string;
  readonly timeoutMillis?: number;
  readonly tries?: number;
  readonly sleep?: (millis: number) => Promise<unknown>;
  readonly random?: () => number;
}

type Place = { readonly path: string } | { readonly host: string; readonly port: number };

/** Throws `BadInput` naming the address. */
export const parseRuntimeAddress = (address: string): Place => {
  if (address.startsWith('/')) return { path: address };
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new BadInputError(
      `HAProxy's runtime API can't be at "${address}": give the path of its stats socket, as /run/haproxy/admin.sock, or host:port`,
    );
  }
  return { host, port };
};

/** No answer is near this; a peer that sends more isn't HAProxy. */
const mostBytes = 16 * 1024 * 1024;

const exchange = (place: Place, command: string, timeoutMillis: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = connect(place);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(
      () => end(() => reject(new Error(`no answer within ${timeoutMillis} ms`))),
      timeoutMillis,
    );
    socket.on('connect', () => socket.write(`${command}\n`));
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > mostBytes) end(() => reject(new Error(`an answer of more than ${mostBytes} bytes`)));
    });
    // HAProxy always sends at least an empty line before it closes; less is a process that went away.
    socket.on('close', () =>
      end(() =>
        size === 0
          ? reject(new Error('closed without an answer'))
          : resolve(Buffer.concat(chunks).toString('utf8').trim()),
      ),
    );
  });

/**
 * One connection for each command. A command may be carried out though its answer is lost, and is then sent again: so
 * callers must take "already there" and "not there" as success.
 */
export const createRuntimeApi = (options: RuntimeApiOptions): RuntimeApi => {
  const { address, timeoutMillis = 2000, tries = 4, sleep = delay, random = Math.random } = options;
  const place = parseRuntimeAddress(address);
  return {
    ask: async (command) => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await exchange(place, command, timeoutMillis);
        } catch (cause) {
          if (attempt >= tries) {
            throw new BalancerUnavailableError(
              `HAProxy's runtime API at ${address} failed ${tries} times (${cause instanceof Error ? cause.message : String(cause)}); see that HAProxy runs and that its "stats socket" is there and has "level admin"`,
              { cause },
            );
          }
          await sleep(50 * 2 ** attempt * (0.5 + random() / 2));
        }
      }
    },
  };
};
