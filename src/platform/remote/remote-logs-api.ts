import * as z from 'zod/mini';
import {
  catalogUpdateAnswer,
  logTableListAnswer,
  queryAnswer,
  startedQueryAnswer,
} from '../../api/documents/logs.ts';
import type {
  CatalogUpdate,
  LogQuestion,
  LogsApi,
  LogTableEntry,
  QueryAnswer,
  SqlQuestion,
  StartedQuery,
} from '../ports/logs-api.ts';
import type { ApiClient } from './api-client.ts';

/** Logs of a stack, over its API. Beside what the port says, each method throws `NotAllowed`. */
export class RemoteLogsApi implements LogsApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  ask({ sinceMillis, untilMillis, maxScanBytes, ...asked }: LogQuestion): Promise<StartedQuery> {
    const logs = { ...asked, since: sinceMillis, until: untilMillis };
    return this.#client.ask(startedQueryAnswer, 'POST', '/logs/query', { body: { logs, maxScanBytes } });
  }

  select(question: SqlQuestion): Promise<StartedQuery> {
    return this.#client.ask(startedQueryAnswer, 'POST', '/logs/query', { body: question });
  }

  look(queryId: string, after?: string): Promise<QueryAnswer> {
    return this.#client.ask(queryAnswer, 'GET', pathOf(queryId), { query: { cursor: after } });
  }

  async cancel(queryId: string): Promise<void> {
    await this.#client.ask(z.unknown(), 'DELETE', pathOf(queryId));
  }

  async tables(): Promise<readonly LogTableEntry[]> {
    return (await this.#client.ask(logTableListAnswer, 'GET', '/logs/tables')).tables;
  }

  updateCatalog(): Promise<CatalogUpdate> {
    return this.#client.ask(catalogUpdateAnswer, 'POST', '/logs/catalog');
  }
}

const pathOf = (queryId: string): string => `/logs/query/${encodeURIComponent(queryId)}`;
