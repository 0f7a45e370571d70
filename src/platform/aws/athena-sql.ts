import {
  type AthenaClient,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type Row,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import { QueryInvalidError, QueryNotFoundError, SqlRefusedError } from '../../errors.ts';
import type { SqlColumn, SqlEngine, SqlPage, SqlRequest, SqlStatus } from '../ports/sql-engine.ts';
import { parseCell, parseColumn } from './athena-cells.ts';
import { describeAthenaFailure, isInvalidRequest, parseRefusedText } from './athena-failure.ts';
import { classifyExecution } from './athena-status.ts';
import { executionParameters } from './execution-parameters.ts';

export interface AthenaPlace {
  /** It says where results go, how they are encrypted, and how much a query may scan. */
  readonly workGroup: string;
  readonly database: string;
}

/** UTF-8 bytes of a query, rows of a page, minutes of reuse (Athena's API reference and service quotas). */
const longestQuery = 262_144;
const rowsInPage = 1_000;
const oldestReuse = 10_080;

/** Athena's engine version 3. */
export class AthenaSql implements SqlEngine {
  readonly #client: Pick<AthenaClient, 'send'>;
  readonly #place: AthenaPlace;

  constructor(client: Pick<AthenaClient, 'send'>, place: AthenaPlace) {
    this.#client = client;
    this.#place = place;
  }

  async start({ sql, parameters, reuseMinutes, token }: SqlRequest): Promise<string> {
    const bytes = Buffer.byteLength(sql);
    if (bytes > longestQuery)
      throw new QueryInvalidError(
        `The query has ${bytes} bytes; Athena takes at most ${longestQuery}. Ask for fewer tables or a shorter time.`,
      );
    const command = new StartQueryExecutionCommand({
      QueryString: sql,
      ClientRequestToken: token,
      WorkGroup: this.#place.workGroup,
      QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: this.#place.database },
      // An empty list is refused.
      ...(parameters.length === 0 ? {} : { ExecutionParameters: executionParameters(parameters) }),
      ...(reuseMinutes === 0 ? {} : { ResultReuseConfiguration: reuseFor(reuseMinutes) }),
    });
    const { QueryExecutionId } = await this.#call('start a query', parseRefusedText, () =>
      this.#client.send(command),
    );
    if (QueryExecutionId === undefined) throw new SqlRefusedError('Athena gave the query no id.');
    return QueryExecutionId;
  }

  async status(queryId: string): Promise<SqlStatus | undefined> {
    const command = new GetQueryExecutionCommand({ QueryExecutionId: queryId });
    try {
      const { QueryExecution: found } = await this.#client.send(command);
      // Somebody else's, or of another purpose.
      if (found === undefined || found.WorkGroup !== this.#place.workGroup) return undefined;
      return classifyExecution(found);
    } catch (error) {
      if (isInvalidRequest(error)) return undefined;
      throw describeAthenaFailure(`look at query ${queryId}`, this.#place.workGroup, error);
    }
  }

  async page(queryId: string, after?: string): Promise<SqlPage> {
    const command = new GetQueryResultsCommand({
      QueryExecutionId: queryId,
      MaxResults: rowsInPage,
      ...(after === undefined ? {} : { NextToken: after }),
    });
    const { ResultSet: { Rows = [], ResultSetMetadata = {} } = {}, NextToken } = await this.#call(
      `read the rows of query ${queryId}`,
      (error) => (isInvalidRequest(error) ? withoutRows(queryId, error) : undefined),
      () => this.#client.send(command),
    );
    const columns = (ResultSetMetadata.ColumnInfo ?? []).map(parseColumn);
    const rows = after === undefined && isHeader(Rows[0], columns) ? Rows.slice(1) : Rows;
    return {
      columns,
      rows: rows.map(({ Data = [] }) => columns.map((column, index) => parseCell(Data[index] ?? {}, column))),
      ...(NextToken === undefined ? {} : { next: NextToken }),
    };
  }

  async cancel(queryId: string): Promise<void> {
    try {
      await this.#client.send(new StopQueryExecutionCommand({ QueryExecutionId: queryId }));
    } catch (error) {
      if (isInvalidRequest(error)) return;
      throw describeAthenaFailure(`stop query ${queryId}`, this.#place.workGroup, error);
    }
  }

  async #call<Answer>(
    action: string,
    known: (error: unknown) => Error | undefined,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      throw known(error) ?? describeAthenaFailure(action, this.#place.workGroup, error);
    }
  }
}

const reuseFor = (minutes: number) => ({
  ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: Math.min(minutes, oldestReuse) },
});

/** The rows of a SELECT begin with the names of its columns; those of other statements don't. */
const isHeader = (row: Row | undefined, columns: readonly SqlColumn[]): boolean =>
  row?.Data?.length === columns.length &&
  columns.every(({ name }, index) => row.Data?.[index]?.VarCharValue === name);

const withoutRows = (queryId: string, cause: Error): Error =>
  /not yet finished|current state/i.test(cause.message)
    ? new SqlRefusedError(`Query ${queryId} has no rows: ${cause.message}`, { cause })
    : new QueryNotFoundError(
        `The rows of query ${queryId} are not there, or not any more (${cause.message}). Ask again.`,
        { cause },
      );
