import { gunzipSync, gzipSync } from 'node:zlib';
import {
  keysTable,
  logView,
  rawPartition,
  rawTable,
} from '../../../../src/logs/catalog/table-definitions.ts';
import { defaultSettings } from '../../../../src/logs/catalog/table-settings.ts';
import { logsDayPrefix } from '../../../../src/logs/layout/container-name.ts';
import { parseDayText } from '../../../../src/logs/layout/utc-day.ts';
import type { CatalogPorts } from '../../../../src/logs/logs-ports.ts';
import { FolderCatalog } from '../../../../src/platform/local/folder-catalog.ts';
import { MemoryStore } from '../../../../src/platform/local/memory-store.ts';
import type { CatalogPartition } from '../../../../src/platform/ports/log-catalog.ts';

export const shop = { family: 'shop', container: 'app' };
export const table = 'shop_app';

const dayOf = (text: string) => {
  const day = parseDayText(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
};

/** A generation's condition of a view or an UNLOAD, as a test of numbers. */
const generationsIn = (sql: string): ((generation: number) => boolean) => {
  const single = [...sql.matchAll(/"generation" IN \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map(Number),
  );
  const ranges = [...sql.matchAll(/"generation" BETWEEN (\d+) AND (\d+)/g)].map(
    ([, first, last]) => [Number(first), Number(last)] as const,
  );
  return (generation) =>
    single.includes(generation) || ranges.some(([first, last]) => generation >= first && generation <= last);
};

/** A store, a catalog, and a model of an engine that reads what the catalog has registered, and nothing else. */
export class World {
  nowMillis = Date.parse('2026-11-21T03:30:00Z');
  readonly time = {
    nowMillis: () => this.nowMillis,
    sleep: async (millis: number) => {
      this.nowMillis += millis;
    },
  };
  readonly store = new MemoryStore({ time: this.time });
  readonly catalog = new FolderCatalog(new MemoryStore({ time: this.time }));
  readonly ports: CatalogPorts = {
    store: this.store,
    listing: this.store,
    catalog: this.catalog,
    time: this.time,
    random: () => 0.5,
    defaults: defaultSettings,
  };
  /** What was written, and has to be read: once. */
  readonly written: string[] = [];
  #objects = 0;

  readonly #log = { name: shop, table, root: this.store.root };

  /** As the catalog job leaves it. */
  async setUp(days: readonly string[]): Promise<void> {
    const raw = rawTable(this.#log, {});
    await this.catalog.create(keysTable(this.store.root));
    await this.catalog.create(raw);
    await this.catalog.create(logView(this.#log, defaultSettings));
    await this.catalog.createPartitions(
      raw,
      days.map((day) => rawPartition(this.#log, dayOf(day))),
    );
  }

  /** An object of some records, which come late when the day is Parquet already. Returns its key. */
  async write(day: string, records = 2): Promise<string> {
    const number = this.#objects++;
    const lines = Array.from({ length: records }, (_, n) => `${day} object ${number} line ${n}`);
    const key = `${logsDayPrefix(shop, dayOf(day))}1200${String(number).padStart(2, '0')}-abcdefgh.gz`;
    await this.store.put(key, gzipSync(lines.map((line) => `${line}\n`).join('')));
    this.written.push(...lines);
    return key;
  }

  /** The text of the view that a query that begins now reads through. */
  async view(): Promise<string> {
    const entry = await this.catalog.entry(table);
    if (entry?.kind !== 'view') throw new Error('there is no view');
    return entry.sql;
  }

  /** What a query reads now that resolved its view then. Sorted. */
  async query(viewSql: string): Promise<readonly string[]> {
    const [raw = '', compacted] = viewSql.split(' UNION ALL ');
    const listed = raw.includes('NOT IN') ? await this.#listed(generationsIn(raw)) : new Set<string>();
    const rows: string[] = [];
    for await (const { location } of this.catalog.partitions(`${table}_raw`))
      for (const key of await this.#keysAt(location))
        if (!listed.has(key)) rows.push(...(await this.#lines(key)));
    if (compacted !== undefined) rows.push(...(await this.#rows(generationsIn(compacted))));
    return rows.sort();
  }

  /** Carries out a generation's UNLOAD. */
  async unload(sql: string): Promise<void> {
    const [, select = '', target = ''] =
      /^UNLOAD \((.*)\) TO '([^']*)' WITH \(format = 'PARQUET', compression = 'ZSTD', compression_level = \d+\)$/.exec(
        sql,
      ) ?? [];
    const prefix = this.#keyOf(target);
    if ((await this.#keysAt(target)).length > 0) throw new Error(`${target} is not empty`);
    const [raw = '', before] = select.split(' UNION ALL ');
    const [, year, month, day] = /"year" = (\d+) AND "month" = (\d+) AND "day" = (\d+)/.exec(raw) ?? [];
    const wanted = await this.#listed(generationsIn(raw));
    const rows = before === undefined ? [] : [...(await this.#rows(generationsIn(before)))];
    for await (const { values, location } of this.catalog.partitions(`${table}_raw`)) {
      if (values.map(Number).join() !== [year, month, day].map(Number).join()) continue;
      for (const key of await this.#keysAt(location))
        if (wanted.has(key)) rows.push(...(await this.#lines(key)));
    }
    await this.store.put(`${prefix}part-0`, new TextEncoder().encode(JSON.stringify(rows)));
  }

  async #listed(isMeant: (generation: number) => boolean): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    for (const { location } of await this.#partitions('log_keys_raw', isMeant))
      for (const key of await this.#keysAt(location))
        for (const line of await this.#lines(key)) keys.add((JSON.parse(line) as { key: string }).key);
    return keys;
  }

  async #rows(isMeant: (generation: number) => boolean): Promise<readonly string[]> {
    const rows: string[] = [];
    for (const { location } of await this.#partitions(`${table}_compacted`, isMeant))
      for (const key of await this.#keysAt(location))
        rows.push(...JSON.parse((await this.#body(key)).toString()));
    return rows;
  }

  async #partitions(
    name: string,
    isMeant: (generation: number) => boolean,
  ): Promise<readonly CatalogPartition[]> {
    if ((await this.catalog.entry(name)) === undefined) throw new Error(`there is no table ${name}`);
    const found: CatalogPartition[] = [];
    for await (const partition of this.catalog.partitions(name))
      if (isMeant(Number(partition.values.at(-1)))) found.push(partition);
    return found;
  }

  #keyOf(location: string): string {
    if (!location.startsWith(this.store.root)) throw new Error(`${location} is outside the store`);
    return location.slice(this.store.root.length);
  }

  async #keysAt(location: string): Promise<readonly string[]> {
    const keys: string[] = [];
    for await (const key of this.store.list(this.#keyOf(location))) keys.push(key);
    return keys;
  }

  async #lines(key: string): Promise<readonly string[]> {
    const lines = gunzipSync(await this.#body(key))
      .toString()
      .split('\n');
    return lines.slice(0, -1);
  }

  async #body(key: string): Promise<Buffer> {
    const got = await this.store.get(key);
    if (got.kind !== 'found') throw new Error(`${key} is gone`);
    return Buffer.from(got.body);
  }
}

export const keysUnder = async (world: World, prefix: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const key of world.store.list(prefix)) keys.push(key);
  return keys;
};
