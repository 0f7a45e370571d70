import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import { json } from '../../rehearsal/fault-rules.ts';
import { jsonBody, type ServiceAnswer, type ServiceCall } from '../../rehearsal/service-call.ts';
import { refusal } from './ask-service.ts';

interface Started {
  readonly body: string;
  readonly queryId: string;
}

const rowsInPage = 1_000;

/**
 * What Athena does with queries beside carrying them out (its API reference): a token starts one once, rows come in pages,
 * none of a query that isn't there, and a query of a table that isn't there fails.
 */
export const athenaGaps = (): Readonly<Record<string, Behaviour>> => {
  const byToken = new Map<string, Started>();
  const sqlOf = new Map<string, string>();

  const known =
    (behaviour: Behaviour): Behaviour =>
    async (call, forward) => {
      const queryId = String(jsonBody(call).QueryExecutionId);
      return sqlOf.has(queryId)
        ? behaviour(call, forward)
        : refusal('InvalidRequestException', `QueryExecution ${queryId} was not found`);
    };

  return {
    'athena StartQueryExecution': async (call, forward) => {
      const { ClientRequestToken, QueryString } = jsonBody(call);
      const token = String(ClientRequestToken);
      if (token.length < 32 || token.length > 128)
        return refusal('InvalidRequestException', 'ClientRequestToken must have 32 to 128 characters');
      const body = call.body.toString();
      const before = byToken.get(token);
      if (before !== undefined)
        return before.body === body
          ? json(200, { QueryExecutionId: before.queryId })
          : refusal('InvalidRequestException', 'Idempotent parameters do not match');
      const refused = refuseParameters(call);
      if (refused !== undefined) return refused;
      const answer = await forward(call);
      const queryId = String(jsonBody(answer).QueryExecutionId);
      byToken.set(token, { body, queryId });
      sqlOf.set(queryId, String(QueryString));
      return answer;
    },
    'athena GetQueryExecution': known(async (call, forward) => {
      const answer = await forward(call);
      const document = jsonBody(answer) as { readonly QueryExecution: { readonly Status: object } };
      const sql = sqlOf.get(String(jsonBody(call).QueryExecutionId)) ?? '';
      const failed = failureOf(sql);
      if (failed === undefined || !('State' in document.QueryExecution.Status)) return answer;
      if (document.QueryExecution.Status.State !== 'SUCCEEDED') return answer;
      return json(200, {
        QueryExecution: {
          ...document.QueryExecution,
          Status: { ...document.QueryExecution.Status, State: 'FAILED', ...failed },
        },
      });
    }),
    'athena GetQueryResults': known(async (call, forward) => {
      const { MaxResults = rowsInPage, NextToken = '0' } = jsonBody(call);
      const size = Number(MaxResults);
      const answer = await forward(call);
      if (answer.status !== 200) return answer;
      const { ResultSet } = jsonBody(answer) as { readonly ResultSet: { readonly Rows: readonly unknown[] } };
      const from = Number(NextToken);
      return json(200, {
        ResultSet: { ...ResultSet, Rows: ResultSet.Rows.slice(from, from + size) },
        UpdateCount: 0,
        ...(from + size < ResultSet.Rows.length ? { NextToken: String(from + size) } : {}),
      });
    }),
    'athena StopQueryExecution': known((call, forward) => forward(call)),
  };
};

const refuseParameters = (call: ServiceCall): ServiceAnswer | undefined => {
  const { ExecutionParameters } = jsonBody(call);
  if (ExecutionParameters === undefined) return undefined;
  const values = ExecutionParameters as readonly string[];
  return values.length > 0 && values.every(({ length }) => length >= 1 && length <= 1_024)
    ? undefined
    : refusal('InvalidRequestException', 'executionParameters: 1 or more, of 1 to 1024 characters each');
};

const failureOf = (sql: string) => {
  const [, table] = /\bFROM "?(no_such_\w+)/i.exec(sql) ?? [];
  if (table === undefined) return undefined;
  const reason = `TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.logs.${table}' does not exist`;
  return {
    StateChangeReason: `${reason}. This query ran against the "logs" database, unless qualified by the query.`,
    AthenaError: { ErrorCategory: 2, ErrorType: 1110, Retryable: false, ErrorMessage: reason },
  };
};
