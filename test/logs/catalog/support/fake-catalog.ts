import { CatalogRefusedError } from '../../../../src/errors.ts';
import {
  type CatalogEntry,
  type CatalogPartition,
  type CatalogTable,
  catalogMark,
  type LogCatalog,
  type PartitionFailure,
} from '../../../../src/platform/ports/log-catalog.ts';

const keyOf = (values: readonly string[]): string => values.join('/');

/** A catalog in memory that counts its calls, each page as one, and can be told to fail for single partitions. */
export class FakeCatalog implements LogCatalog {
  readonly held = new Map<string, CatalogEntry>();
  readonly registered = new Map<string, Map<string, CatalogPartition>>();
  /** Calls of each method. */
  readonly calls = new Map<string, number>();
  /** Of the next call that has these values of the table: once each. */
  readonly failures: (PartitionFailure & { readonly table: string })[] = [];

  async *entries(): AsyncIterable<CatalogEntry> {
    const ours = [...this.held.values()].filter(({ parameters }) => parameters[catalogMark] !== undefined);
    this.#count('entries', pages(ours.length, 100));
    yield* ours;
  }

  async create(entry: CatalogEntry): Promise<'created' | 'exists'> {
    this.#count('create');
    if (this.held.has(entry.name)) return 'exists';
    this.held.set(entry.name, entry);
    return 'created';
  }

  async update(entry: CatalogEntry): Promise<'updated' | 'missing'> {
    this.#count('update');
    if (!this.held.has(entry.name)) return 'missing';
    this.held.set(entry.name, entry);
    return 'updated';
  }

  async remove(name: string): Promise<void> {
    this.#count('remove');
    this.held.delete(name);
    this.registered.delete(name);
  }

  async *partitions(table: string): AsyncIterable<CatalogPartition> {
    const all = [...(this.registered.get(table)?.values() ?? [])];
    this.#count('partitions', pages(all.length, 1000));
    yield* all;
  }

  async createPartitions(
    { name }: CatalogTable,
    partitions: readonly CatalogPartition[],
  ): Promise<readonly PartitionFailure[]> {
    this.#count('createPartitions');
    assertAtMost(100, partitions.length);
    if (partitions.length === 0) return [];
    if (!this.held.has(name)) throw new CatalogRefusedError(`there is no table ${name}`);
    const registered = this.registered.get(name) ?? new Map<string, CatalogPartition>();
    this.registered.set(name, registered);
    return partitions.flatMap((partition) => {
      const { values } = partition;
      const failure = this.#failureOf(name, values);
      if (failure !== undefined) return [failure];
      if (registered.has(keyOf(values))) return [{ values, cause: 'exists' as const, message: 'is there' }];
      registered.set(keyOf(values), partition);
      return [];
    });
  }

  async removePartitions(
    table: string,
    values: readonly (readonly string[])[],
  ): Promise<readonly PartitionFailure[]> {
    this.#count('removePartitions');
    assertAtMost(25, values.length);
    return values.flatMap((one) => {
      const failure = this.#failureOf(table, one);
      if (failure !== undefined) return [failure];
      return this.registered.get(table)?.delete(keyOf(one)) === true
        ? []
        : [{ values: one, cause: 'missing' as const, message: 'is not there' }];
    });
  }

  get writes(): number {
    const written = ['create', 'update', 'remove', 'createPartitions', 'removePartitions'];
    return written.reduce((sum, method) => sum + (this.calls.get(method) ?? 0), 0);
  }

  #failureOf(table: string, values: readonly string[]): PartitionFailure | undefined {
    const index = this.failures.findIndex(
      (failure) => failure.table === table && keyOf(failure.values) === keyOf(values),
    );
    return index < 0 ? undefined : this.failures.splice(index, 1)[0];
  }

  #count(method: string, calls = 1): void {
    this.calls.set(method, (this.calls.get(method) ?? 0) + calls);
  }
}

const assertAtMost = (most: number, count: number): void => {
  if (count > most) throw new RangeError(`${count} at once`);
};

const pages = (items: number, size: number): number => Math.max(1, Math.ceil(items / size));
