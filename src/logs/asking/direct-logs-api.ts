import { randomUUID } from 'node:crypto';
import { QueryInvalidError, QueryNotFoundError } from '../../errors.ts';
import type {
  CatalogUpdate,
  LogQuestion,
  LogsApi,
  LogTableEntry,
  QueryAnswer,
  SqlQuestion,
  StartedQuery,
} from '../../platform/ports/logs-api.ts';
import type { SqlRequest } from '../../platform/ports/sql-engine.ts';
import { readLogTables } from '../catalog/log-tables.ts';
import type { AskingPorts } from '../logs-ports.ts';
import type { AskingSettings, Touched } from './asking-settings.ts';
import { checkSelect } from './check-select.ts';
import { chooseTables } from './choose-tables.ts';
import { compileQuestion } from './compile-question.ts';
import { lookAtQuery } from './look-at-query.ts';
import { queryToken } from './query-token.ts';
import { warnOfScans } from './warn-of-scans.ts';

/** A view is replaced, and late lines come in; neither does Athena notice when it hands out an older result. */
const reuseMinutes = 5;
/** Until then, lines of a time may still come in. */
const settledMillis = 3_600_000;
/** A new container's table shows after so long. */
const catalogAgeMillis = 30_000;

/** The use cases, without a network in between. */
export class DirectLogsApi implements LogsApi {
  readonly #ports: AskingPorts;
  readonly #settings: AskingSettings;
  #read: { readonly atMillis: number; readonly tables: readonly LogTableEntry[] } | undefined;

  constructor(ports: AskingPorts, settings: AskingSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  async ask(question: LogQuestion): Promise<StartedQuery> {
    const { family, container } = question;
    const times = await this.#timesOf(question);
    if (times === undefined)
      throw new QueryInvalidError(`the run ${question.run} was not in the time asked for`);
    // Before anything is looked up: a mistake in the question is said whatever there is.
    compileQuestion({ ...question, ...times }, []);
    await this.#prepare({ kind: 'logs', family, ...(container === undefined ? {} : { container }) });
    const tables = await this.#tablesWith((all) => chooseTables(all, question));
    const compiled = compileQuestion({ ...question, ...times }, tables);
    const isSettled = times.untilMillis < this.#ports.time.nowMillis() - settledMillis;
    return this.#start(
      { ...compiled, reuseMinutes: isSettled ? reuseMinutes : 0 },
      question.maxScanBytes,
      [],
    );
  }

  async select({ sql, maxScanBytes, reuse = true }: SqlQuestion): Promise<StartedQuery> {
    const select = checkSelect(sql);
    const names = select.tokens.filter(({ kind }) => kind === 'word' || kind === 'name');
    await this.#prepare({ kind: 'sql', names: new Set(names.map(({ text }) => text.toLowerCase())) });
    const limit = this.#limitOf(maxScanBytes);
    const warnings = await warnOfScans(this.#ports, select.tokens, await this.#tables(), limit);
    const request = { sql: select.sql, parameters: [], reuseMinutes: reuse ? reuseMinutes : 0 };
    return this.#start(request, maxScanBytes, warnings);
  }

  async look(queryId: string, after?: string): Promise<QueryAnswer> {
    return lookAtQuery(this.#ports, this.#settings, queryId, after);
  }

  async cancel(queryId: string): Promise<void> {
    const query = await this.#settings.book.get(queryId);
    if (query === undefined) throw new QueryNotFoundError(`there is no query ${queryId.slice(0, 100)}`);
    await this.#ports.sql.cancel(query.engineId);
  }

  async tables(): Promise<readonly LogTableEntry[]> {
    this.#read = undefined;
    return this.#tables();
  }

  updateCatalog(): Promise<CatalogUpdate> {
    this.#read = undefined;
    return this.#settings.updateCatalog();
  }

  async #prepare(touched: Touched): Promise<void> {
    if (this.#settings.prepare === undefined) return;
    await this.#settings.prepare(touched);
    this.#read = undefined;
  }

  /** Thousands of tables are dozens of calls, so they are kept for a moment. */
  async #tables(): Promise<readonly LogTableEntry[]> {
    const nowMillis = this.#ports.time.nowMillis();
    if (this.#read === undefined || nowMillis - this.#read.atMillis > catalogAgeMillis)
      this.#read = { atMillis: nowMillis, tables: await readLogTables(this.#ports.catalog) };
    return this.#read.tables;
  }

  /** What `choose` makes of the tables; when it finds nothing among those that were kept, of the tables read anew. */
  async #tablesWith<Chosen>(choose: (tables: readonly LogTableEntry[]) => Chosen): Promise<Chosen> {
    const wasKept = this.#read !== undefined;
    try {
      return choose(await this.#tables());
    } catch (error) {
      if (!wasKept) throw error;
      return choose(await this.tables());
    }
  }

  /** The time of a question; that of its run, as far as both have it. Undefined when they don't meet. */
  async #timesOf({
    run,
    sinceMillis,
    untilMillis,
  }: LogQuestion): Promise<Pick<LogQuestion, 'sinceMillis' | 'untilMillis'> | undefined> {
    if (run === undefined) return { sinceMillis, untilMillis };
    const times = await this.#ports.runTimes(run);
    if (times === undefined)
      throw new QueryInvalidError(`there is no run ${run.slice(0, 100)} that has started`);
    const since = Math.max(sinceMillis, Math.floor(times.sinceMillis));
    const until = Math.min(untilMillis, Math.ceil(times.untilMillis) + 1);
    return since < until ? { sinceMillis: since, untilMillis: until } : undefined;
  }

  #limitOf(maxScanBytes: number | undefined): number | undefined {
    const limit = Math.min(maxScanBytes ?? Infinity, this.#settings.maxScanBytes ?? Infinity);
    return Number.isFinite(limit) ? limit : undefined;
  }

  async #start(
    request: Omit<SqlRequest, 'token'>,
    maxScanBytes: number | undefined,
    warnings: readonly string[],
  ): Promise<StartedQuery> {
    const queryId = randomUUID();
    const engineId = await this.#ports.sql.start({ ...request, token: queryToken(queryId, 1) });
    const { sql, parameters, reuseMinutes: minutes } = request;
    await this.#settings.book.put(queryId, {
      version: 1,
      sql,
      parameters: [...parameters],
      reuseMinutes: minutes,
      maxScanBytes: this.#limitOf(maxScanBytes) ?? null,
      engineId,
      attempt: 1,
    });
    return { queryId, warnings };
  }
}
