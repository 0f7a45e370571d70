import { logSettingsKey } from '../../../../src/logs/catalog/read-log-settings.ts';
import { defaultSettings } from '../../../../src/logs/catalog/table-settings.ts';
import type { TableState } from '../../../../src/logs/catalog/table-state.ts';
import { tableStateKey } from '../../../../src/logs/catalog/table-state.ts';
import { type UpdateRequest, updatePartitions } from '../../../../src/logs/catalog/update-partitions.ts';
import { logsDayPrefix } from '../../../../src/logs/layout/container-name.ts';
import { parseDayText, type UtcDay } from '../../../../src/logs/layout/utc-day.ts';
import type { CatalogPorts } from '../../../../src/logs/logs-ports.ts';
import { MemoryStore } from '../../../../src/platform/local/memory-store.ts';
import type { ObjectListing } from '../../../../src/platform/ports/object-listing.ts';
import { FakeCatalog } from './fake-catalog.ts';

export const dayOf = (text: string): UtcDay => {
  const day = parseDayText(text);
  if (day === undefined) throw new Error(`${text} is no day`);
  return day;
};

/** A store and a catalog, and the update that keeps the second right. It is 23:10 on the 21st of November 2026. */
export class Account {
  nowMillis = Date.parse('2026-11-21T23:10:00Z');
  readonly time = {
    nowMillis: () => this.nowMillis,
    sleep: async (millis: number) => {
      this.slept += millis;
    },
  };
  slept = 0;
  readonly store = new MemoryStore({ time: this.time });
  readonly catalog = new FakeCatalog();
  ports: CatalogPorts = {
    store: this.store,
    listing: this.store,
    catalog: this.catalog,
    time: this.time,
    random: () => 0.5,
    defaults: defaultSettings,
  };

  /** An object of a container's day. */
  async write(container: string, day: string, file = '120000-abcdefgh.gz'): Promise<string> {
    const [family = '', name = ''] = container.split('/');
    const key = `${logsDayPrefix({ family, container: name }, dayOf(day))}${file}`;
    await this.put(key, 'gzip');
    return key;
  }

  async put(key: string, text: string): Promise<void> {
    await this.store.put(key, new TextEncoder().encode(text));
  }

  configure(yaml: string): Promise<void> {
    return this.put(logSettingsKey, `version: 1\n${yaml}`);
  }

  setState(state: TableState): Promise<void> {
    return this.put(tableStateKey(state.table), JSON.stringify(state));
  }

  async state(table: string): Promise<TableState> {
    const got = await this.store.get(tableStateKey(table));
    if (got.kind !== 'found') throw new Error(`${table} has no state`);
    return JSON.parse(new TextDecoder().decode(got.body));
  }

  /** The store lists and deletes in another way from now on, in as far as is said. */
  changeListing(changes: Partial<ObjectListing>): void {
    const { store } = this;
    const listing: ObjectListing = {
      root: store.root,
      folders: (prefix) => store.folders(prefix),
      objects: (prefix) => store.objects(prefix),
      deleteAll: (keys) => store.deleteAll(keys),
      ...changes,
    };
    this.ports = { ...this.ports, listing };
  }

  update(request: UpdateRequest = {}, budgetMillis = 60_000) {
    return updatePartitions(this.ports, request, budgetMillis);
  }

  /** `2026-11-21`, as registered: `2026-1-5` is the fifth of January. */
  days(table: string): readonly string[] {
    return [...(this.catalog.registered.get(table)?.values() ?? [])]
      .map(({ values }) => values.join('-'))
      .sort();
  }

  /** Everything there is, for comparison: without what only tells when. */
  async dump(): Promise<unknown> {
    const keys = await Array.fromAsync(this.store.list(''));
    const partitions = [...this.catalog.registered].map(([table, all]) => [
      table,
      [...all.values()].map((one) => JSON.stringify(one)).sort(),
    ]);
    return {
      keys,
      entries: [...this.catalog.held.values()].map((one) => JSON.stringify(one)).sort(),
      partitions: partitions.sort(),
    };
  }
}

/** A state in which some days are Parquet, each in the generation of its place. */
export const aState = (days: readonly string[], changes: Partial<TableState> = {}): TableState => ({
  version: 1,
  family: 'shop',
  container: 'app',
  table: 'shop_app',
  nextGeneration: days.length + 1,
  live: days.map((day, index) => ({ day, generation: index + 1, rawBytes: 100, bytes: 10 })),
  listed: [],
  replaced: [],
  unlisted: [],
  attempts: [],
  ...changes,
});
