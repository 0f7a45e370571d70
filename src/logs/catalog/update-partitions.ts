import { dayOf } from '../layout/utc-day.ts';
import type { CatalogPorts } from '../logs-ports.ts';
import type { CatalogWork } from './catalog-work.ts';
import { readLogSettings } from './read-log-settings.ts';
import { surveyTables } from './survey-tables.ts';
import { unmatchedSettings } from './unmatched-settings.ts';
import { type UpdateReport, UpdateTally } from './update-report.ts';
import { updateSystemTables } from './update-system-tables.ts';
import { updateTables } from './update-tables.ts';

export interface UpdateRequest {
  /** Goes on after this table. Left out: from the beginning. */
  readonly after?: string | undefined;
  /** Looks anew for the first day of each table, and at the partitions of what is compacted. */
  readonly isThorough?: boolean;
  /** What the updates before it did that this one goes on from. */
  readonly report?: UpdateReport | undefined;
}

export interface UpdateResult {
  /** False: there was no more time; go on after `after`. */
  readonly isDone: boolean;
  readonly after?: string;
  readonly report: UpdateReport;
}

/**
 * Brings the catalog up to what the store and the settings say, and deletes what is past retention. Repeating it, or doing
 * it twice at once, is harmless. Throws `DocumentInvalid` for settings with mistakes, before anything is touched; `StoreUnavailable`
 * and what the catalog throws when they can't be looked over at all.
 */
export const updatePartitions = async (
  ports: CatalogPorts,
  { after, isThorough = false, report }: UpdateRequest,
  budgetMillis: number,
): Promise<UpdateResult> => {
  const deadlineMillis = ports.time.nowMillis() + budgetMillis;
  const work = await beginUpdate(ports, { isThorough, mayDelete: true, deadlineMillis, report });
  if (after === undefined) await updateSystemTables(work);
  const { isDone, last } = await updateTables(
    work,
    work.survey.tables.filter(({ table }) => after === undefined || table > after),
  );
  const reached = last ?? after;
  return { isDone, ...(reached === undefined ? {} : { after: reached }), report: work.tally.report };
};

export const beginUpdate = async (
  ports: CatalogPorts,
  options: {
    readonly isThorough: boolean;
    readonly mayDelete: boolean;
    readonly deadlineMillis: number;
    readonly report?: UpdateReport | undefined;
  },
): Promise<CatalogWork> => {
  const settings = await readLogSettings(ports);
  const tally = new UpdateTally(options.report);
  const survey = await surveyTables(ports, tally);
  for (const note of unmatchedSettings(settings, survey.tables)) tally.note(note);
  return {
    ports,
    settings,
    tally,
    survey,
    today: dayOf(ports.time.nowMillis()),
    isThorough: options.isThorough,
    mayDelete: options.mayDelete,
    deadlineMillis: options.deadlineMillis,
  };
};
