import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  CreateTableCommand,
  DeleteTableCommand,
  type GlueClient,
  type PartitionError,
  paginateGetPartitions,
  paginateGetTables,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type {
  CatalogEntry,
  CatalogPartition,
  CatalogTable,
  LogCatalog,
  PartitionFailure,
} from '../ports/log-catalog.ts';
import { type AwsFailure, classifyAwsFailure } from './aws-failure.ts';
import { classifyPartitionError, describeGlueFailure, isMissingEntity } from './glue-failure.ts';
import { parseTable, partitionInput, tableInput } from './glue-table.ts';

/** Of a page or a call (Glue's API reference). */
const tablesInPage = 100;
const partitionsInPage = 1_000;
const createdAtOnce = 100;
const removedAtOnce = 25;

/** A database of Glue's Data Catalog, as Athena reads it. */
export class GlueCatalog implements LogCatalog {
  readonly #client: GlueClient;
  readonly #database: string;

  constructor(client: GlueClient, database: string) {
    this.#client = client;
    this.#database = database;
  }

  async *entries(): AsyncIterable<CatalogEntry> {
    const pages = paginateGetTables(
      { client: this.#client, pageSize: tablesInPage },
      { DatabaseName: this.#database },
    );
    try {
      for await (const { TableList = [] } of pages) {
        for (const table of TableList) {
          const entry = parseTable(table);
          if (entry !== undefined) yield entry;
        }
      }
    } catch (error) {
      throw describeGlueFailure('list the tables', this.#database, error);
    }
  }

  async create(entry: CatalogEntry): Promise<'created' | 'exists'> {
    const command = new CreateTableCommand({
      DatabaseName: this.#database,
      TableInput: tableInput(entry, this.#database),
    });
    return this.#call<'created' | 'exists'>(
      `create ${entry.kind} ${entry.name}`,
      'exists',
      isTaken,
      async () => {
        await this.#client.send(command);
        return 'created';
      },
    );
  }

  async update(entry: CatalogEntry): Promise<'updated' | 'missing'> {
    const command = new UpdateTableCommand({
      DatabaseName: this.#database,
      TableInput: tableInput(entry, this.#database),
      // Athena fails on tables of which Glue has archived too many versions.
      SkipArchive: true,
    });
    return this.#call<'updated' | 'missing'>(
      `update ${entry.kind} ${entry.name}`,
      'missing',
      isMissingEntity,
      async () => {
        await this.#client.send(command);
        return 'updated';
      },
    );
  }

  async remove(name: string): Promise<void> {
    const command = new DeleteTableCommand({ DatabaseName: this.#database, Name: name });
    await this.#call(`delete table ${name}`, undefined, isMissingEntity, async () => {
      await this.#client.send(command);
    });
  }

  async *partitions(table: string): AsyncIterable<CatalogPartition> {
    const pages = paginateGetPartitions(
      { client: this.#client, pageSize: partitionsInPage },
      { DatabaseName: this.#database, TableName: table, ExcludeColumnSchema: true },
    );
    try {
      for await (const { Partitions = [] } of pages) {
        for (const { Values: values = [], StorageDescriptor: stored } of Partitions)
          yield { values, location: stored?.Location ?? '' };
      }
    } catch (error) {
      if (isMissingEntity(classifyAwsFailure(error))) return;
      throw describeGlueFailure(`list the partitions of ${table}`, this.#database, error);
    }
  }

  async createPartitions(
    table: CatalogTable,
    partitions: readonly CatalogPartition[],
  ): Promise<readonly PartitionFailure[]> {
    mustFit(partitions.length, createdAtOnce);
    if (partitions.length === 0) return [];
    const command = new BatchCreatePartitionCommand({
      DatabaseName: this.#database,
      TableName: table.name,
      PartitionInputList: partitions.map((partition) => partitionInput(table, partition)),
    });
    try {
      return failuresOf((await this.#client.send(command)).Errors);
    } catch (error) {
      throw describeGlueFailure(`create partitions of ${table.name}`, this.#database, error);
    }
  }

  async removePartitions(
    table: string,
    values: readonly (readonly string[])[],
  ): Promise<readonly PartitionFailure[]> {
    mustFit(values.length, removedAtOnce);
    if (values.length === 0) return [];
    const command = new BatchDeletePartitionCommand({
      DatabaseName: this.#database,
      TableName: table,
      PartitionsToDelete: values.map((each) => ({ Values: [...each] })),
    });
    const nothing: readonly PartitionFailure[] = values.map((each) => ({
      values: each,
      cause: 'missing',
      message: `there is no table ${table}`,
    }));
    return this.#call(`remove partitions of ${table}`, nothing, isMissingEntity, async () =>
      failuresOf((await this.#client.send(command)).Errors),
    );
  }

  /** `otherwise` when it fails as expected. */
  async #call<Value>(
    action: string,
    otherwise: Value,
    isExpected: (failure: AwsFailure) => boolean,
    work: () => Promise<Value>,
  ): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      if (isExpected(classifyAwsFailure(error))) return otherwise;
      throw describeGlueFailure(action, this.#database, error);
    }
  }
}

const isTaken = ({ name }: AwsFailure): boolean => name === 'AlreadyExistsException';

const mustFit = (count: number, most: number): void => {
  if (count > most) throw new RangeError(`${count} partitions in one call; Glue takes ${most}`);
};

const failuresOf = (errors: readonly PartitionError[] = []): readonly PartitionFailure[] =>
  errors.map(({ PartitionValues: values = [], ErrorDetail: detail }) => ({
    values,
    cause: classifyPartitionError(detail?.ErrorCode),
    message: [detail?.ErrorCode, detail?.ErrorMessage].filter((part) => part !== undefined).join(': '),
  }));
