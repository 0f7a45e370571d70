import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { fireLensOptions } from '../../src/logs/delivery/fire-lens-options.ts';
import { fireLensConfig } from './support/fire-lens-config.ts';
import { fluentBitProgram, freePort, startFluentBit, until } from './support/fluent-bit.ts';
import { type ForwardEvent, sendForward } from './support/forward-client.ts';
import { countTo, dayMillis, event, numbersOf, pieceBytes, taskMetadata } from './support/log-lines.ts';
import { type ObjectSink, recordsOf, startObjectSink } from './support/object-sink.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A task of two containers, and the configuration that FireLens makes of their options. */
const aTask = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fire-lens-'));
  const sink = await startObjectSink();
  cleanups.push(sink.close, () => rm(folder, { recursive: true }));
  const port = await freePort();
  const optionsOf = (container: string) => ({
    ...fireLensOptions(
      { family: 'shop-web', container },
      { bucket: 'shop-logs', region: 'eu-central-1', uploadSeconds: 10, endpoint: sink.url },
    ),
    store_dir: join(folder, container),
  });
  const options = { 'app-one': optionsOf('app-one'), proxy: optionsOf('proxy') };
  const configuration = join(folder, 'fluent-bit.conf');
  await writeFile(configuration, fireLensConfig({ port, metadata: taskMetadata, options }));
  return {
    sink,
    start: async () => {
      const program = await startFluentBit(configuration);
      cleanups.unshift(() => program.stop('SIGKILL'));
      return program;
    },
    send: (events: readonly ForwardEvent[], container = 'app-one') =>
      sendForward(port, `${container}-firelens-0123456789abcdef0123456789abcdef`, events),
  };
};

const flushMillis = 1500;

describe.skipIf(fluentBitProgram === undefined)(
  'FireLens, with the program in STORMDRAIN_FLUENT_BIT',
  { timeout: 120_000 },
  () => {
    test('flushes at SIGTERM, into the folders of the layout, the records that are documented', async () => {
      const { sink, start, send } = await aTask();
      const program = await start();
      const at = Date.UTC(2026, 10, 21, 22, 33, 44);
      await send([
        event('hello', { at }),
        event('ERROR', { at, source: 'stderr', nanos: 999_999_999 }),
        event('{"level":"info","n":1}'),
        event(Buffer.from([0x61, 0xff, 0xc3, 0x28, 0x62])),
        event('nul \0 quote " snow ☃ \u{1f600}'),
        event(''),
      ]);
      await send([event('x'.repeat(1_000_000))]);
      await send([event('of the proxy')], 'proxy');
      expect(await program.stop()).toBe(0);

      expect(sink.objects.map(({ key, encoding }) => [key.replace(/[^/]*$/, ''), encoding])).toEqual([
        [`logs/shop-web/app-one/${dayFolder(Date.now())}`, 'gzip'],
        [`logs/shop-web/proxy/${dayFolder(Date.now())}`, 'gzip'],
      ]);
      for (const { key } of sink.objects) expect(key).toMatch(/\/\d{6}-[A-Za-z0-9]{8}\.gz$/);
      const records = recordsOf(sink, 'logs/shop-web/app-one/');
      expect(records[0]).toEqual({
        time: '2026-11-21T22:33:44.123456Z',
        log: 'hello',
        source: 'stdout',
        container_id: '1a'.repeat(32),
        container_name: '/ecs-shop-web-7-app-one-e4c9a1f8b3d2',
        ...taskMetadata,
      });
      expect(records[1]).toMatchObject({ time: '2026-11-21T22:33:44.999999Z', source: 'stderr' });
      expect(records.slice(2).map(({ log }) => log)).toEqual([
        '{"level":"info","n":1}',
        // 0xff is dropped, other bytes that aren't UTF-8 become characters of the private area.
        'a\ue0c3(b',
        'nul \0 quote " snow ☃ \u{1f600}',
        '',
        'x'.repeat(1_000_000),
      ]);
      expect(recordsOf(sink, 'logs/shop-web/proxy/')).toMatchObject([{ log: 'of the proxy' }]);
    });

    test("keeps the pieces of a long line apart, with Docker's fields for putting them together", async () => {
      const { sink, start, send } = await aTask();
      const program = await start();
      const pieces = ['first', 'second'].map((log, n) =>
        event(log.padEnd(pieceBytes, '.'), {
          more: {
            partial_message: 'true',
            partial_id: 'a1b2',
            partial_ordinal: String(n + 1),
            partial_last: String(n === 1),
          },
        }),
      );
      await send(pieces);
      expect(await program.stop()).toBe(0);
      expect(recordsOf(sink)).toMatchObject([
        { partial_id: 'a1b2', partial_ordinal: '1', partial_last: 'false' },
        { partial_id: 'a1b2', partial_ordinal: '2', partial_last: 'true' },
      ]);
    });

    test("names a file's folder after its first record, unless it was stopped", async () => {
      const { sink, start, send } = await aTask();
      const program = await start();
      const yesterday = Date.now() - dayMillis;
      await send([event('of yesterday', { at: yesterday }), event('of today')]);
      await until(() => sink.objects.length === 1);
      await send([event('of yesterday, at the stop', { at: yesterday })]);
      await sleep(flushMillis);
      expect(await program.stop()).toBe(0);
      expect(daysOf(sink)).toEqual([dayFolder(yesterday), dayFolder(Date.now())]);
    });

    test('sends after a restart what was buffered when it was killed', async () => {
      const { sink, start, send } = await aTask();
      const program = await start();
      await send([event('line 0'), event('line 1')]);
      await send([event('of the proxy')], 'proxy');
      await sleep(flushMillis);
      await program.stop('SIGKILL');
      expect(sink.objects).toEqual([]);
      const again = await start();
      await until(() => sink.objects.length === 2);
      expect(await again.stop()).toBe(0);
      expect(recordsOf(sink, 'logs/shop-web/app-one/')).toMatchObject([{ log: 'line 0' }, { log: 'line 1' }]);
      expect(recordsOf(sink, 'logs/shop-web/proxy/')).toMatchObject([{ log: 'of the proxy' }]);
    });

    test('sends all of it, once and in order, when S3 was away', async () => {
      const { sink, start, send } = await aTask();
      const program = await start();
      sink.behave({ refuse: true });
      let sent = 0;
      while (sink.refused < 3) {
        await send([event(`line ${sent++}`)]);
        await sleep(200);
      }
      sink.behave({});
      await until(() => numbersOf(sink).length === sent, 60);
      expect(await program.stop()).toBe(0);
      expect(numbersOf(sink)).toEqual(countTo(sent));
    });

    test('is not stopped before what it has is sent, however slowly', async () => {
      const { sink, start, send } = await aTask();
      const program = await start();
      await send([event('line 0')]);
      await send([event('line 1')], 'proxy');
      await sleep(flushMillis);
      sink.behave({ millis: 6000 });
      expect(await program.stop()).toBe(0);
      expect(numbersOf(sink)).toEqual([0, 1]);
    });
  },
);

const dayFolder = (at: number): string => {
  const [year, month, day] = new Date(at).toISOString().slice(0, 10).split('-');
  return `year=${year}/month=${month}/day=${day}/`;
};

const daysOf = (sink: ObjectSink): readonly string[] =>
  sink.objects.map(({ key }) => key.replace(/^.*?(year=.*\/).*$/, '$1'));
