import { createHash, randomInt } from 'node:crypto';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ContainerName } from '../../logs/layout/container-name.ts';
import { encodeRecord, recordTimes } from '../../logs/layout/encode-record.ts';
import { logKey } from '../../logs/layout/log-key.ts';
import type { LogRecord } from '../../logs/layout/log-record.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { type CutLine, lineCutter } from './line-cutter.ts';

export interface LogShipperOptions {
  readonly store: Pick<ObjectStore, 'put'>;
  readonly name: ContainerName;
  readonly nowMillis: () => number;
  /** From the first line to the object that it is in. */
  readonly everyMillis?: number;
  /** As much as is kept for a store that fails; what comes after is dropped, and counted. */
  readonly mostWaitingBytes?: number;
}

/** A process whose output is a container's log. */
export interface LoggedProcess {
  readonly pid: number;
  /** What it is, among everything that this machine runs: another text, another task. */
  readonly task: string;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** What an object holds before it is packed. */
const objectBytes = 1_000_000;
/** Docker's own is 16 KB; what is longer comes in pieces. */
const lineBytes = 256 * 1024;
/** What is being stored, what was collected meanwhile, and one that failed. */
const closingTries = 3;
const idLetters = 'abcdefghijkmnpqrstuvwxyz23456789';

type Origin = Pick<LogRecord, 'container_id' | 'ecs_task_arn'>;

/**
 * What FireLens is on AWS: makes records of a container's output and stores them in objects. A store that fails never harms
 * whoever writes the lines.
 */
export class LogShipper {
  readonly #options: Required<LogShipperOptions>;
  readonly #nextTime: ReturnType<typeof recordTimes>;
  readonly #ends = new Set<Promise<void>>();
  #batch = emptyBatch();
  /** The object that is being stored, or waits to be tried again: the same bytes under the same key. */
  #waiting: { readonly key: string; readonly text: string } | undefined;
  #dropped: { readonly origin: Origin; lines: number } | undefined;
  /** The last one of the store. */
  #failure = 'the store is too slow';
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;

  constructor(options: LogShipperOptions) {
    this.#options = { everyMillis: 2000, mostWaitingBytes: 8 * objectBytes, ...options };
    this.#nextTime = recordTimes(options.nowMillis);
  }

  /** Reads the output until it ends. Never keeps this process alive. */
  follow({ pid, task, stdout, stderr }: LoggedProcess): void {
    const { family } = this.#options.name;
    const taskId = createHash('sha256').update(`${family} ${task}`).digest('hex').slice(0, 32);
    const origin = {
      container_id: `process-${pid}`,
      ecs_task_arn: `arn:aws:ecs:local:000000000000:task/local/${taskId}`,
    };
    if (stdout !== null) this.#read(stdout, 'stdout', origin);
    if (stderr !== null) this.#read(stderr, 'stderr', origin);
  }

  /** Waits for the output to end, and for the last object to be stored; in all, no longer than that. */
  async close(limitMillis: number): Promise<void> {
    const half = limitMillis / 2;
    await within(half, Promise.all(this.#ends));
    await within(half, this.#storeRest());
    clearTimeout(this.#timer);
  }

  async #storeRest(): Promise<void> {
    for (let tries = 0; tries < closingTries && this.#isUnstored(); tries += 1) await this.#store();
  }

  #read(stream: Readable, source: LogRecord['source'], origin: Origin): void {
    const cutter = lineCutter(lineBytes);
    const add = (lines: readonly CutLine[]): void => {
      for (const line of lines) this.#add(line, source, origin);
    };
    const ended = new Promise<void>((resolve) => {
      stream.on('data', (chunk: Buffer) => add(cutter.push(chunk)));
      stream.on('error', () => undefined);
      stream.once('close', () => {
        add(cutter.end());
        resolve();
      });
    });
    this.#ends.add(ended);
    void ended.then(() => this.#ends.delete(ended));
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
  }

  #add(line: CutLine, source: LogRecord['source'], origin: Origin): void {
    if (this.#batch.bytes >= this.#options.mostWaitingBytes) {
      this.#dropped ??= { origin, lines: 0 };
      this.#dropped.lines += 1;
      return;
    }
    this.#append(line, source, origin);
    if (this.#batch.bytes >= objectBytes && this.#waiting === undefined) void this.#store();
    else this.#storeLater();
  }

  #append({ text, partial }: CutLine, source: LogRecord['source'], origin: Origin): void {
    const { family, container } = this.#options.name;
    const { time, millis } = this.#nextTime();
    const record = encodeRecord({
      time,
      log: text,
      source,
      container_id: origin.container_id,
      container_name: container,
      ecs_cluster: 'local',
      ecs_task_arn: origin.ecs_task_arn,
      ecs_task_definition: `${family}:1`,
      ...partial,
    });
    this.#batch.firstMillis ??= millis;
    this.#batch.lines.push(record);
    this.#batch.bytes += Buffer.byteLength(record);
  }

  #storeLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#store();
    }, this.#options.everyMillis).unref();
  }

  /** One object after the other. Never rejects: what can't be stored waits for the next time. */
  #store(): Promise<void> {
    this.#storing ??= this.#storeNext().finally(() => {
      this.#storing = undefined;
    });
    return this.#storing;
  }

  async #storeNext(): Promise<void> {
    const object = this.#waiting ?? this.#takeBatch();
    if (object === undefined) return;
    this.#waiting = object;
    try {
      await this.#options.store.put(object.key, await packed(object.text));
      this.#waiting = undefined;
    } catch (error) {
      // Said with the count of what is dropped, when it lasts.
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    if (this.#isUnstored()) this.#storeLater();
  }

  #isUnstored(): boolean {
    return this.#waiting !== undefined || this.#batch.lines.length > 0 || this.#dropped !== undefined;
  }

  #takeBatch(): { readonly key: string; readonly text: string } | undefined {
    if (this.#dropped !== undefined) {
      const { origin, lines } = this.#dropped;
      this.#dropped = undefined;
      const text = `stormdrain: ${lines} lines of this log were dropped, because they could not be stored in time: ${this.#failure}`;
      this.#append({ text }, 'stderr', origin);
    }
    const { firstMillis, lines } = this.#batch;
    if (firstMillis === undefined) return undefined;
    this.#batch = emptyBatch();
    const id = Array.from({ length: 8 }, () => idLetters[randomInt(idLetters.length)]).join('');
    return { key: logKey(this.#options.name, firstMillis, id), text: lines.join('') };
  }
}

interface Batch {
  readonly lines: string[];
  bytes: number;
  firstMillis: number | undefined;
}

const emptyBatch = (): Batch => ({ lines: [], bytes: 0, firstMillis: undefined });

const within = async (millis: number, work: Promise<unknown>): Promise<void> => {
  let limit: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    limit = setTimeout(resolve, millis);
  });
  await Promise.race([late, work]);
  clearTimeout(limit);
};

const packed = promisify(gzip) as (text: string) => Promise<Buffer>;
