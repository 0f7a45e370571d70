import {
  AthenaClient,
  CreateWorkGroupCommand,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from '@aws-sdk/client-athena';
import {
  BatchCreatePartitionCommand,
  BatchDeletePartitionCommand,
  CreateDatabaseCommand,
  CreateTableCommand,
  GetPartitionsCommand,
  GetTablesCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import { testClientOptions } from '../wire/aws-clients.ts';
import type { Gap } from './gaps.ts';

const found = (isThere: boolean): 'open' | 'closed' => (isThere ? 'closed' : 'open');

const nameOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    ({ name }) => String(name),
  );

/** In a database of its own with the tables `a` and `b`. */
const inDatabase =
  (probe: (glue: GlueClient, DatabaseName: string) => Promise<'open' | 'closed'>): Gap['probe'] =>
  async (url) => {
    const glue = new GlueClient({ ...testClientOptions(url), maxAttempts: 1 });
    const DatabaseName = `gaps_${crypto.randomUUID().replaceAll('-', '')}`;
    try {
      await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: DatabaseName } }));
      for (const Name of ['a', 'b'])
        await glue.send(new CreateTableCommand({ DatabaseName, TableInput: { Name } }));
      return await probe(glue, DatabaseName);
    } finally {
      glue.destroy();
    }
  };

const values = (count: number) => Array.from({ length: count }, (_, index) => ({ Values: [String(index)] }));

const inWorkGroup =
  (probe: (athena: AthenaClient, workGroup: string) => Promise<'open' | 'closed'>): Gap['probe'] =>
  async (url) => {
    const athena = new AthenaClient({ ...testClientOptions(url), maxAttempts: 1 });
    const Name = `gaps-${crypto.randomUUID()}`;
    try {
      await athena.send(new CreateWorkGroupCommand({ Name }));
      return await probe(athena, Name);
    } finally {
      athena.destroy();
    }
  };

const start = async (
  athena: AthenaClient,
  WorkGroup: string,
  QueryString: string,
  ClientRequestToken: string = crypto.randomUUID(),
): Promise<string> => {
  const command = new StartQueryExecutionCommand({ QueryString, WorkGroup, ClientRequestToken });
  return (await athena.send(command)).QueryExecutionId ?? '';
};

const endOf = async (athena: AthenaClient, QueryExecutionId: string): Promise<string | undefined> => {
  for (let looks = 0; looks < 10; looks++) {
    const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    const state = QueryExecution?.Status?.State;
    if (state !== 'QUEUED' && state !== 'RUNNING') return state;
  }
  return 'RUNNING';
};

const nobodys = { QueryExecutionId: '00000000-0000-4000-8000-000000000000' };
const refused = async (call: Promise<unknown>): Promise<'open' | 'closed'> =>
  found((await nameOf(call)) === 'InvalidRequestException');

const glueStub = 'test/wire/support/glue-gaps.ts';
const athenaStub = 'test/wire/support/athena-gaps.ts';

/** Of the differences between moto and AWS, those that the catalog of logs and questions to it meet. */
export const logsGaps: readonly Gap[] = [
  {
    service: 'glue',
    what: 'lists all tables on one page',
    stub: glueStub,
    probe: inDatabase(async (glue, DatabaseName) => {
      const page = await glue.send(new GetTablesCommand({ DatabaseName, MaxResults: 1 }));
      return found(page.TableList?.length === 1 && page.NextToken !== undefined);
    }),
  },
  {
    service: 'glue',
    what: 'lists all partitions on one page',
    stub: glueStub,
    probe: inDatabase(async (glue, DatabaseName) => {
      const of = { DatabaseName, TableName: 'a' };
      await glue.send(new BatchCreatePartitionCommand({ ...of, PartitionInputList: values(2) }));
      const page = await glue.send(new GetPartitionsCommand({ ...of, MaxResults: 1 }));
      return found(page.Partitions?.length === 1 && page.NextToken !== undefined);
    }),
  },
  {
    service: 'glue',
    what: 'makes more than 100 partitions in a call',
    stub: glueStub,
    probe: inDatabase(async (glue, DatabaseName) => {
      const of = { DatabaseName, TableName: 'a' };
      const made = glue.send(new BatchCreatePartitionCommand({ ...of, PartitionInputList: values(101) }));
      return found((await nameOf(made)) !== 'answered');
    }),
  },
  {
    service: 'glue',
    what: 'removes more than 25 partitions in a call',
    stub: glueStub,
    probe: inDatabase(async (glue, DatabaseName) => {
      const of = { DatabaseName, TableName: 'a' };
      const removed = glue.send(new BatchDeletePartitionCommand({ ...of, PartitionsToDelete: values(26) }));
      return found((await nameOf(removed)) !== 'answered');
    }),
  },
  {
    service: 'athena',
    what: 'starts a query twice for one token',
    stub: athenaStub,
    probe: inWorkGroup(async (athena, workGroup) => {
      const token = crypto.randomUUID();
      const first = await start(athena, workGroup, 'SELECT 1', token);
      return found((await start(athena, workGroup, 'SELECT 1', token)) === first);
    }),
  },
  {
    service: 'athena',
    what: 'takes values of any length',
    stub: athenaStub,
    probe: inWorkGroup((athena, WorkGroup) =>
      refused(
        athena.send(
          new StartQueryExecutionCommand({
            QueryString: 'SELECT ?',
            WorkGroup,
            ExecutionParameters: [`'${'x'.repeat(1_024)}'`],
          }),
        ),
      ),
    ),
  },
  {
    service: 'athena',
    what: 'lets every query succeed',
    stub: athenaStub,
    probe: inWorkGroup(async (athena, workGroup) => {
      const queryId = await start(athena, workGroup, 'SELECT a FROM no_such_table');
      return found((await endOf(athena, queryId)) === 'FAILED');
    }),
  },
  {
    service: 'athena',
    what: 'gives all rows on one page',
    stub: athenaStub,
    probe: async (url) => {
      await queueResults(url, {
        rows: ['n', '1', '2'].map((VarCharValue) => ({ Data: [{ VarCharValue }] })),
        column_info: [{ Name: 'n', Type: 'bigint' }],
      });
      return inWorkGroup(async (athena, workGroup) => {
        const QueryExecutionId = await start(athena, workGroup, 'SELECT n');
        await endOf(athena, QueryExecutionId);
        const page = await athena.send(new GetQueryResultsCommand({ QueryExecutionId, MaxResults: 2 }));
        return found(page.ResultSet?.Rows?.length === 2 && page.NextToken !== undefined);
      })(url);
    },
  },
  {
    service: 'athena',
    what: 'fails when it is asked about a query that is not there',
    stub: athenaStub,
    probe: inWorkGroup((athena) => refused(athena.send(new GetQueryExecutionCommand(nobodys)))),
  },
  {
    service: 'athena',
    what: 'gives the rows of a query that is not there',
    stub: athenaStub,
    probe: inWorkGroup((athena) => refused(athena.send(new GetQueryResultsCommand(nobodys)))),
  },
  {
    service: 'athena',
    what: 'fails when a query is stopped that is not there',
    stub: athenaStub,
    probe: inWorkGroup((athena) => refused(athena.send(new StopQueryExecutionCommand(nobodys)))),
  },
];

export interface QueuedResult {
  readonly rows: readonly { readonly Data: readonly { readonly VarCharValue?: string }[] }[];
  readonly column_info: readonly {
    readonly Name: string;
    readonly Type: string;
    readonly Precision?: number;
    readonly Scale?: number;
  }[];
}

/** moto carries no query out: the next one that is started gives these rows, the first of which is the header. */
export const queueResults = async (url: string, result: QueuedResult): Promise<void> => {
  const response = await fetch(`${url}/moto-api/static/athena/query-results`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ results: [result] }),
  });
  if (!response.ok) throw new Error(`moto answered ${response.status} to results for Athena`);
};
