import type * as z from 'zod/mini';
import type { LogQuestion, LogsApi } from '../platform/ports/logs-api.ts';
import { AnsweredError } from './answer-request.ts';
import type { LogsRoutePorts } from './api-ports.ts';
import {
  catalogUpdateAnswer,
  logTableListAnswer,
  queryAnswer,
  queryRequest,
  startedQueryAnswer,
} from './documents/logs.ts';
import { ofQuery, queryPageQuery } from './parameters.ts';
import { problemAnswer } from './problems.ts';
import { type Route, route } from './route.ts';

const requireLogs = ({ logs }: LogsRoutePorts): LogsApi => {
  if (logs !== undefined) return logs;
  throw new AnsweredError(problemAnswer('not-available-here', 'This server has no logs to be asked.'));
};

type AskedLogs = NonNullable<z.output<typeof queryRequest>['logs']>;

const recentMillis = 2 * 3_600_000;

const millisOf = (instant: number | string): number =>
  typeof instant === 'number' ? instant : Date.parse(instant);

const questionOf = ({ since, until, ...asked }: AskedLogs): LogQuestion => {
  const untilMillis = until === undefined ? Date.now() : millisOf(until);
  const usual = asked.run === undefined ? Math.max(0, untilMillis - recentMillis) : 0;
  return { ...defined(asked), sinceMillis: since === undefined ? usual : millisOf(since), untilMillis };
};

type Defined<Value> = { [Key in keyof Value]: Exclude<Value[Key], undefined> };

/** Without what is undefined. */
const defined = <Value extends object>(value: Value): Defined<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<Value>;

/** The routes of questions about logs and results. */
export const logsRoutes: readonly Route<LogsRoutePorts>[] = [
  route(
    {
      method: 'POST',
      path: '/logs/query',
      operationId: 'startQuery',
      summary: 'Starts a question about logs, or a SELECT.',
      function: 'logs',
      answers: { 202: startedQueryAnswer },
      problems: ['query-invalid', 'log-table-not-found', 'not-available-here'],
    },
    { body: queryRequest },
    async (ports: LogsRoutePorts, { body: { logs, sql, maxScanBytes, reuse } }) => {
      const api = requireLogs(ports);
      const limits = maxScanBytes === undefined ? {} : { maxScanBytes };
      const started =
        logs === undefined
          ? await api.select({ sql: sql ?? '', ...limits, ...(reuse === undefined ? {} : { reuse }) })
          : await api.ask({ ...questionOf(logs), ...limits });
      return { status: 202, document: started };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/logs/query/{id}',
      operationId: 'readQuery',
      summary:
        'How a query stands; once it has succeeded, a page of its rows. Waits up to a second for one that runs.',
      function: 'logs',
      answers: { 200: queryAnswer },
      problems: ['query-not-found', 'not-available-here'],
    },
    { path: ofQuery, query: queryPageQuery },
    async (ports: LogsRoutePorts, { path: { id }, query: { cursor } }) => ({
      status: 200,
      document: await requireLogs(ports).look(id, cursor),
    }),
  ),
  route(
    {
      method: 'DELETE',
      path: '/logs/query/{id}',
      operationId: 'cancelQuery',
      summary: 'Ends a query; one that is over stays as it is.',
      function: 'logs',
      answers: { 204: null },
      problems: ['query-not-found', 'not-available-here'],
    },
    { path: ofQuery },
    async (ports: LogsRoutePorts, { path: { id } }) => {
      await requireLogs(ports).cancel(id);
      return { status: 204 };
    },
  ),
  route(
    {
      method: 'GET',
      path: '/logs/tables',
      operationId: 'listLogTables',
      summary: 'The tables of logs there are, by family and container.',
      function: 'logs',
      answers: { 200: logTableListAnswer },
      problems: ['not-available-here'],
    },
    {},
    async (ports: LogsRoutePorts) => ({
      status: 200,
      document: { tables: await requireLogs(ports).tables() },
    }),
  ),
  route(
    {
      method: 'POST',
      path: '/logs/catalog',
      operationId: 'updateCatalog',
      summary: 'Has the catalog brought up to date: tables of new containers, partitions, views.',
      function: 'logs',
      answers: { 200: catalogUpdateAnswer },
      problems: ['conflict', 'not-available-here'],
    },
    {},
    async (ports: LogsRoutePorts) => ({ status: 200, document: await requireLogs(ports).updateCatalog() }),
  ),
];
