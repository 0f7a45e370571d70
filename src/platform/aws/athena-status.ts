import type { QueryExecution, QueryExecutionStatus } from '@aws-sdk/client-athena';
import type { SqlStatus } from '../ports/sql-engine.ts';

/** What has become of a query. */
export const classifyExecution = ({ Status = {}, Statistics = {} }: QueryExecution): SqlStatus => {
  const scannedBytes = Statistics.DataScannedInBytes ?? 0;
  switch (Status.State) {
    case 'SUCCEEDED': {
      const isReused = Statistics.ResultReuseInformation?.ReusedPreviousResult === true;
      return {
        kind: 'succeeded',
        scannedBytes: isReused ? 0 : scannedBytes,
        isReused,
        millis: Statistics.TotalExecutionTimeInMillis ?? 0,
      };
    }
    case 'FAILED':
      return { kind: 'failed', scannedBytes, ...classifyFailedQuery(Status) };
    case 'CANCELLED':
      // Where the work group's limit ends a query, engine version 3 calls it cancelled.
      return overLimit.test(reasonOf(Status))
        ? { kind: 'failed', scannedBytes, ...classifyFailedQuery(Status) }
        : { kind: 'cancelled', scannedBytes };
    default:
      return { kind: 'running', scannedBytes };
  }
};

type Failed = Extract<SqlStatus, { readonly kind: 'failed' }>;

const overLimit = /bytes scanned limit was exceeded/i;

/**
 * Trino's readers name the object in these, `LinePageSource` and `LinePageSourceFactory` in its source: an object below 8 MB
 * is read whole when its split is opened, so there a gzip ends early.
 */
const unreadable = /\b(HIVE_CANNOT_OPEN_SPLIT|HIVE_CURSOR_ERROR|HIVE_BAD_DATA)\b|\bFailed to read\b/;
/** The same names when S3 didn't give the object: it is asked too often or has failed, or the object went meanwhile. */
const notGiven = /slow ?down|status code: (5\d\d|404)|NoSuchKey|does not exist|reading from s3:/i;
const forbidden = /access ?denied|status code: 403|forbidden/i;
const objectName = /s3:\/\/[^\s'",;]*[^\s'",;.:)]/;
const system = 1;

export const classifyFailedQuery = (
  status: QueryExecutionStatus,
): Pick<Failed, 'cause' | 'message' | 'object'> => {
  const message = reasonOf(status);
  const { ErrorCategory, Retryable } = status.AthenaError ?? {};
  if (overLimit.test(message)) return { cause: 'limit', message };
  if (unreadable.test(message) && !forbidden.test(message)) {
    if (notGiven.test(message)) return { cause: 'engine', message };
    const [object] = objectName.exec(message) ?? [];
    return { cause: 'object', message, ...(object === undefined ? {} : { object }) };
  }
  return { cause: Retryable === true || ErrorCategory === system ? 'engine' : 'query', message };
};

/** Without what Athena appends to every reason: which database, a forum, where a manifest of written files is. */
const reasonOf = ({ StateChangeReason, AthenaError }: QueryExecutionStatus): string => {
  const said = StateChangeReason ?? AthenaError?.ErrorMessage ?? 'Athena gives no reason';
  return said.replace(/\s*(This query ran against the|If a data manifest file was generated at).*$/s, '');
};
