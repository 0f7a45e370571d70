import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLogKey } from '../../../src/logs/layout/log-key.ts';
import { lineCutter } from '../../../src/platform/local/line-cutter.ts';
import { LogShipper, type LogShipperOptions } from '../../../src/platform/local/log-shipper.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { recordsOf } from './shipped-records.ts';

const noon = Date.parse('2026-11-21T12:00:00Z');

const open = (options: Partial<LogShipperOptions> = {}) => {
  const store = new MemoryStore({ time: { sleep: async () => undefined } });
  const shipper = new LogShipper({
    store,
    name: { family: 'shop', container: 'app' },
    nowMillis: () => noon,
    ...options,
  });
  const process = (task = 'shop 1') => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    shipper.follow({ pid: 7, task, stdout, stderr });
    return {
      stdout,
      stderr,
      end: () => {
        stdout.end();
        stderr.end();
      },
    };
  };
  const logsOf = async () => (await recordsOf(store)).map(({ log }) => log);
  return { store, shipper, process, logsOf };
};

const eventually = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Fails as often as it is told to. */
const failing = (store: MemoryStore, failures: { left: number }): LogShipperOptions['store'] => ({
  async put(key, body) {
    failures.left -= 1;
    if (failures.left >= 0) throw new Error('away');
    return store.put(key, body);
  },
});

describe('log shipper', () => {
  it('makes the records that FireLens makes', async () => {
    const { store, shipper, process } = open();
    const { stdout, stderr, end } = process();
    stdout.write('GET / 200\n\nno ending');
    stderr.write('ERROR\r\n');
    end();
    await shipper.close(5000);
    const records = await recordsOf(store);
    expect(records).toHaveLength(4);
    expect(records[0]).toEqual({
      time: '2026-11-21T12:00:00.000000Z',
      log: 'GET / 200',
      source: 'stdout',
      container_id: 'process-7',
      container_name: 'app',
      ecs_cluster: 'local',
      ecs_task_arn: expect.stringMatching(/^arn:aws:ecs:local:000000000000:task\/local\/[0-9a-f]{32}$/),
      ecs_task_definition: 'shop:1',
    });
    expect(new Set(records.map(({ source, log }) => `${source}:${log}`))).toEqual(
      new Set(['stdout:GET / 200', 'stdout:', 'stdout:no ending', 'stderr:ERROR\r']),
    );
    expect(records.map(({ time }) => time)).toEqual([...new Set(records.map(({ time }) => time))].sort());
  });

  it('stores what came since the last time, without being told to', async () => {
    const { store, shipper, process, logsOf } = open({ everyMillis: 5 });
    const { stdout, end } = process();
    for (const line of ['one', 'two']) {
      stdout.write(`${line}\n`);
      await eventually(async () => (await logsOf()).includes(line));
    }
    expect(await Array.fromAsync(store.list('logs/'))).toHaveLength(2);
    end();
    await shipper.close(5000);
    expect(await Array.fromAsync(store.list('logs/'))).toHaveLength(2);
  });

  it('stores nothing for a process that says nothing', async () => {
    const { store, shipper, process } = open({ everyMillis: 1 });
    process().end();
    await shipper.close(5000);
    expect(await Array.fromAsync(store.list(''))).toEqual([]);
  });

  it('puts records of a new day into the object of the first one', async () => {
    let now = Date.parse('2026-11-30T23:59:59.999Z');
    const { store, shipper, process } = open({ nowMillis: () => now++ });
    const { stdout, end } = process();
    stdout.write('before\nafter\n');
    end();
    await shipper.close(5000);
    const [key = ''] = await Array.fromAsync(store.list('logs/'));
    expect(parseLogKey(key)).toMatchObject({ day: { year: 2026, month: 11, day: 30 } });
    expect(key).toMatch(/\/235959-[a-z0-9]{8}\.gz$/);
    expect((await recordsOf(store)).map(({ time }) => time)).toEqual([
      '2026-11-30T23:59:59.999000Z',
      '2026-12-01T00:00:00.000000Z',
    ]);
  });

  it('stores early when much is said', async () => {
    const { store, shipper, process } = open({ everyMillis: 1_000_000 });
    const { stdout, end } = process();
    stdout.write(`${'x'.repeat(200_000)}\n`.repeat(6));
    await eventually(async () => (await Array.fromAsync(store.list('logs/'))).length > 0);
    end();
    await shipper.close(5000);
    expect(await recordsOf(store)).toHaveLength(6);
  });

  it('tells processes apart by their task, and one task is always the same', async () => {
    const { store, shipper, process } = open();
    for (const task of ['a', 'b', 'a']) {
      const { stdout, end } = process(task);
      stdout.write(`${task}\n`);
      end();
    }
    await shipper.close(5000);
    const tasks = new Map((await recordsOf(store)).map(({ log, ecs_task_arn }) => [log, ecs_task_arn]));
    expect(
      new Set((await recordsOf(store)).map(({ log, ecs_task_arn }) => `${log} ${ecs_task_arn}`)).size,
    ).toBe(2);
    expect(tasks.get('a')).not.toBe(tasks.get('b'));
  });

  it('stores each line once when the store fails for a while', async () => {
    const failures = { left: 4 };
    const { store, logsOf } = open();
    const { shipper, process } = open({ store: failing(store, failures), everyMillis: 2 });
    const { stdout, end } = process();
    for (let n = 0; n < 10; n += 1) {
      stdout.write(`line ${n}\n`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await eventually(() => failures.left < 0);
    end();
    await shipper.close(5000);
    expect((await logsOf()).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `line ${n}`));
  });

  it('drops lines of a store that fails for long, counts them, and says so', async () => {
    const failures = { left: Number.POSITIVE_INFINITY };
    const { store } = open();
    const { shipper, process } = open({
      store: failing(store, failures),
      everyMillis: 2,
      mostWaitingBytes: 2000,
    });
    const { stdout, end } = process();
    stdout.write('first\n');
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let n = 0; n < 100; n += 1) stdout.write(`line ${n}\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    failures.left = 0;
    end();
    await shipper.close(5000);
    const records = await recordsOf(store);
    const said = records.filter(({ source }) => source === 'stderr');
    expect(said).toHaveLength(1);
    expect(said[0]?.log).toBe(
      `stormdrain: ${101 - (records.length - 1)} lines of this log were dropped, because they could not be stored in time: away`,
    );
    expect(records.length).toBeGreaterThan(2);
    expect(records.length).toBeLessThan(20);
  });

  it('stores what it has of an output that goes on', async () => {
    const { shipper, process, logsOf } = open({ everyMillis: 1_000_000 });
    process().stdout.write('line\nhalf of a li');
    await shipper.close(100);
    expect(await logsOf()).toEqual(['line']);
  });

  it('waits for a store that hangs no longer than it may', async () => {
    const { shipper, process } = open({ store: { put: () => new Promise(() => undefined) } });
    const { stdout, end } = process();
    stdout.write('line\n');
    end();
    await shipper.close(20);
  });
});

describe('lines of a process', () => {
  const cutAll = (chunks: readonly Buffer[], mostBytes: number) => {
    const cutter = lineCutter(mostBytes);
    return [...chunks.flatMap((chunk) => cutter.push(chunk)), ...cutter.end()];
  };

  it('are the same however they come', () => {
    const text = fc.array(fc.constantFrom('a', 'é', '🌧', '\n', 'bc', '\r'), { maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat(80), { maxLength: 6 }),
        fc.integer({ min: 4, max: 12 }),
        (parts, cuts, most) => {
          const bytes = Buffer.from(parts.join(''));
          const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort(
            (a, b) => a - b,
          );
          const chunks = ends.map((end, n) => bytes.subarray(ends[n - 1] ?? 0, end));
          const lines = cutAll(chunks, most);
          const joined: string[] = [];
          let open = false;
          for (const { text, partial } of lines) {
            expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
            if (open) joined.push(`${joined.pop()}${text}`);
            else joined.push(text);
            open = partial?.partial_last === 'false';
          }
          expect(open).toBe(false);
          const wanted = bytes.toString().split('\n');
          if (wanted.at(-1) === '') wanted.pop();
          expect(joined).toEqual(wanted);
        },
      ),
    );
  });

  it('are marked where they are pieces of a longer one', () => {
    const lines = cutAll([Buffer.from('0123456789\nshort\n')], 4);
    expect(lines.map(({ text, partial }) => [text, partial?.partial_ordinal, partial?.partial_last])).toEqual(
      [
        ['0123', '1', 'false'],
        ['4567', '2', 'false'],
        ['89', '3', 'true'],
        ['shor', '1', 'false'],
        ['t', '2', 'true'],
      ],
    );
    const ids = lines.map(({ partial }) => partial?.partial_id);
    expect(new Set(ids).size).toBe(2);
    expect(cutAll([Buffer.from('0123\n4567')], 4)).toEqual([{ text: '0123' }, { text: '4567' }]);
  });

  it('of a megabyte are four pieces, whose bytes are all there', () => {
    const lines = cutAll([Buffer.from(`${'x'.repeat(1_000_000)}\n`)], 256 * 1024);
    expect(lines).toHaveLength(4);
    expect(lines.map(({ text }) => text).join('')).toHaveLength(1_000_000);
  });

  it('keep what is not UTF-8 as U+FFFD, and a byte order mark as it is', () => {
    expect(cutAll([Buffer.from([0xff, 0x61, 0xc3, 0x0a])], 100)).toEqual([{ text: '\ufffda\ufffd' }]);
    expect(cutAll([Buffer.from('\ufeffa\n')], 100)).toEqual([{ text: '\ufeffa' }]);
    expect(cutAll([Buffer.alloc(20, 0x80)], 8).map(({ text }) => text.length)).toEqual([8, 8, 4]);
  });
});
