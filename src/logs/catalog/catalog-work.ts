import type { CatalogEntry } from '../../platform/ports/log-catalog.ts';
import type { ContainerName } from '../layout/container-name.ts';
import type { UtcDay } from '../layout/utc-day.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import type { LogSettings } from './parse-log-settings.ts';
import type { UpdateTally } from './update-report.ts';

/** What an update knows before it works on tables, and where it counts what it does. */
export interface CatalogWork {
  readonly ports: CatalogPorts;
  readonly survey: CatalogSurvey;
  readonly settings: LogSettings;
  readonly today: UtcDay;
  /** Looks anew for what is otherwise known from the catalog: the first day of each table, and what compacted tables have. */
  readonly isThorough: boolean;
  /** Whether what is past retention is deleted; otherwise it stays as it is, and can be asked. */
  readonly mayDelete: boolean;
  readonly tally: UpdateTally;
  /** After it, work that takes long stops. */
  readonly deadlineMillis: number;
}

export interface CatalogSurvey {
  /** Ours, by name. */
  readonly entries: ReadonlyMap<string, CatalogEntry>;
  /** Tables that have a state in the store. */
  readonly states: ReadonlySet<string>;
  /** In the order of their names: every container in the store or in the catalog. */
  readonly tables: readonly SurveyedTable[];
}

export interface SurveyedTable {
  readonly table: string;
  readonly name: ContainerName;
  /** Whether there is a folder of raw objects. */
  readonly hasLogs: boolean;
}
