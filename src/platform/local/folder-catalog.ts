import * as z from 'zod/mini';
import { CatalogRefusedError, CatalogUnavailableError, StoreUnavailableError } from '../../errors.ts';
import {
  type CatalogEntry,
  type CatalogPartition,
  type CatalogTable,
  catalogMark,
  type LogCatalog,
  type PartitionFailure,
} from '../ports/log-catalog.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { entryDocument, partitionsDocument } from './catalog-documents.ts';

const root = 'catalog/';
const partitionsRoot = `${root}partitions/`;

const mostCreated = 100;
const mostRemoved = 25;
/** Lost races for one document; each loser has seen somebody else win. */
const mostTries = 50;

/** Values can't hold it: it parts them. */
const keyOf = (values: readonly string[]): string => values.join('\0');

/**
 * The catalog as documents in the object store: `catalog/<name>.json` for each entry, and its partitions in
 * `catalog/partitions/<table>.json`, compared and set. Limits and answers are Glue's.
 */
export class FolderCatalog implements LogCatalog {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async *entries(): AsyncIterable<CatalogEntry> {
    for await (const key of this.#keys()) {
      const entry = (await this.#read(key, entryDocument))?.value;
      if (entry?.parameters[catalogMark] !== undefined) yield entry;
    }
  }

  /** Undefined when there is none of this name, or it isn't ours. */
  async entry(name: string): Promise<CatalogEntry | undefined> {
    if (!isName(name)) return undefined;
    const entry = (await this.#read(entryKey(name), entryDocument))?.value;
    return entry?.parameters[catalogMark] === undefined ? undefined : entry;
  }

  async create(entry: CatalogEntry): Promise<'created' | 'exists'> {
    const isWritten = await this.#write(entryKey(checkedName(entry.name)), entry, { ifAbsent: true });
    return isWritten ? 'created' : 'exists';
  }

  async update(entry: CatalogEntry): Promise<'updated' | 'missing'> {
    const key = entryKey(checkedName(entry.name));
    const answer = await this.#change<CatalogEntry>(key, entryDocument, () => entry);
    return answer === undefined ? 'missing' : 'updated';
  }

  async remove(name: string): Promise<void> {
    await this.#call(() => this.#store.delete(partitionsKey(checkedName(name))));
    await this.#call(() => this.#store.delete(entryKey(name)));
  }

  async *partitions(table: string): AsyncIterable<CatalogPartition> {
    yield* (await this.#read(partitionsKey(checkedName(table)), partitionsDocument))?.value ?? [];
  }

  async createPartitions(
    table: CatalogTable,
    partitions: readonly CatalogPartition[],
  ): Promise<readonly PartitionFailure[]> {
    if (partitions.length > mostCreated)
      throw new RangeError(`${partitions.length} partitions at once: give up to ${mostCreated}.`);
    if (partitions.length === 0) return [];
    if ((await this.#read(entryKey(checkedName(table.name)), entryDocument)) === undefined)
      throw new CatalogRefusedError(`There is no table ${table.name} in the catalog to make partitions of.`);
    let failures: PartitionFailure[] = [];
    const key = partitionsKey(table.name);
    await this.#write(key, [], { ifAbsent: true });
    await this.#change<readonly CatalogPartition[]>(key, partitionsDocument, (existing) => {
      failures = [];
      const taken = new Map(existing.map((partition) => [keyOf(partition.values), partition]));
      for (const partition of partitions) {
        const failure = whyNot(table, partition.values, taken);
        if (failure === undefined) taken.set(keyOf(partition.values), partition);
        else failures.push({ values: partition.values, ...failure });
      }
      return [...taken.values()];
    });
    return failures;
  }

  async removePartitions(
    table: string,
    values: readonly (readonly string[])[],
  ): Promise<readonly PartitionFailure[]> {
    if (values.length > mostRemoved)
      throw new RangeError(`${values.length} partitions at once: give up to ${mostRemoved}.`);
    if (values.length === 0) return [];
    let missing = values;
    const key = partitionsKey(checkedName(table));
    await this.#change<readonly CatalogPartition[]>(key, partitionsDocument, (existing) => {
      const left = new Map(existing.map((partition) => [keyOf(partition.values), partition]));
      missing = values.filter((one) => !left.delete(keyOf(one)));
      return [...left.values()];
    });
    return missing.map((one) => ({
      values: one,
      cause: 'missing',
      message: `${table} has no partition ${JSON.stringify(one)}.`,
    }));
  }

  async *#keys(): AsyncIterable<string> {
    const listed = this.#store.list(root)[Symbol.asyncIterator]();
    for (;;) {
      const next = await this.#call(() => listed.next());
      if (next.done === true) return;
      if (!next.value.startsWith(partitionsRoot)) yield next.value;
    }
  }

  async #read<Value>(
    key: string,
    schema: z.core.$ZodType<Value>,
  ): Promise<{ readonly value: Value; readonly etag: string } | undefined> {
    const got = await this.#call(() => this.#store.get(key));
    if (got.kind !== 'found') return undefined;
    try {
      return { value: z.parse(schema, JSON.parse(new TextDecoder().decode(got.body))), etag: got.etag };
    } catch (cause) {
      const why = cause instanceof z.core.$ZodError ? z.prettifyError(cause) : String(cause);
      throw new CatalogRefusedError(
        `${key} is no document of the catalog (${why}): delete it, and update the catalog.`,
        { cause },
      );
    }
  }

  async #write(
    key: string,
    value: unknown,
    condition: { readonly ifAbsent: true } | { readonly ifMatch: string },
  ): Promise<boolean> {
    const body = new TextEncoder().encode(JSON.stringify(value, null, 2));
    return (await this.#call(() => this.#store.put(key, body, condition))).kind === 'written';
  }

  /** Compare-and-set. Undefined when there is no such document. */
  async #change<Value>(
    key: string,
    schema: z.core.$ZodType<Value>,
    change: (value: Value) => Value,
  ): Promise<Value | undefined> {
    for (let tries = 0; tries < mostTries; tries++) {
      const stored = await this.#read(key, schema);
      if (stored === undefined) return undefined;
      const value = change(stored.value);
      if (await this.#write(key, value, { ifMatch: stored.etag })) return value;
    }
    throw new CatalogUnavailableError(`${key} was changed by others ${mostTries} times in a row.`);
  }

  async #call<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof StoreUnavailableError)
        throw new CatalogUnavailableError(`The catalog can't be reached: ${cause.message}`, { cause });
      throw cause;
    }
  }
}

const entryKey = (name: string): string => `${root}${name}.json`;
const partitionsKey = (table: string): string => `${partitionsRoot}${table}.json`;

/** Athena's names, which are never a way to another key. */
const isName = (name: string): boolean => /^[a-z0-9_]{1,255}$/.test(name);

const checkedName = (name: string): string => {
  if (!isName(name))
    throw new CatalogRefusedError(
      `${JSON.stringify(name)} is no name of a table: give 1 to 255 of a-z, 0-9 and "_".`,
    );
  return name;
};

const whyNot = (
  { name, partitionColumns }: CatalogTable,
  values: readonly string[],
  taken: ReadonlyMap<string, CatalogPartition>,
): Pick<PartitionFailure, 'cause' | 'message'> | undefined => {
  if (values.length !== partitionColumns.length || values.includes(''))
    return {
      cause: 'refused',
      message: `${name} has ${partitionColumns.length} partition columns, and ${JSON.stringify(values)} is not a value for each.`,
    };
  return taken.has(keyOf(values))
    ? { cause: 'exists', message: `${name} has a partition ${JSON.stringify(values)}.` }
    : undefined;
};
