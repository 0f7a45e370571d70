import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What Docker's fluentd driver gives for a line. Bytes go out as a string of MessagePack, whether they are UTF-8 or not. */
export type ForwardRecord = Readonly<Record<string, string | Buffer>>;

export interface ForwardEvent {
  readonly seconds: number;
  readonly nanos: number;
  readonly record: ForwardRecord;
}

/** Sends events as Docker's driver does: Fluentd's forward protocol, message mode, event time in nanoseconds. */
export const sendForward = async (
  port: number,
  tag: string,
  events: readonly ForwardEvent[],
): Promise<void> => {
  const socket = await connected(port);
  for (const { seconds, nanos, record } of events) {
    const fields = Object.entries(record).flatMap(([key, value]) => [text(key), text(value)]);
    const message = [
      array(4),
      text(tag),
      eventTime(seconds, nanos),
      map(fields.length / 2),
      ...fields,
      map(0),
    ];
    if (!socket.write(Buffer.concat(message))) await once(socket, 'drain');
  }
  socket.end();
  await once(socket, 'close');
};

/** A program that has just been started listens in a moment. */
const connected = async (port: number, tries = 100): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    if (tries === 0) throw error;
    await sleep(100);
    return connected(port, tries - 1);
  }
};

const array = (length: number): Buffer => Buffer.from([0x90 | length]);

const map = (entries: number): Buffer => Buffer.from([0x80 | entries]);

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const head = Buffer.alloc(5, 0xdb);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};

const eventTime = (seconds: number, nanos: number): Buffer => {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16BE(0xd700, 0);
  bytes.writeUInt32BE(seconds, 2);
  bytes.writeUInt32BE(nanos, 6);
  return bytes;
};
