import type { z } from 'zod';
import type { DocumentPath } from '../../document/document-source.ts';
import { formatNumber, formatSeconds } from '../../document/format-quantity.ts';
import { nearestName } from '../../document/nearest-name.ts';
import { readCron } from './floor-at.ts';
import type { PolicyFindings } from './policy-findings.ts';
import type { floorsField } from './scaling-document-floors.ts';
import type { Floor } from './scaling-policy.ts';

type FloorDocument = z.output<ReturnType<typeof floorsField>>[number];

/** Any instant: five fields know no year, so what comes at all comes after it. */
const anyInstant = new Date(Date.UTC(2024, 0, 1));

/** Undefined when it is one. Offsets such as +02:00 are none: they know no summer time. */
const timezoneMistake = (timezone: string): string | undefined => {
  const expected = 'an IANA time zone such as Europe/Berlin';
  try {
    if (/^[A-Za-z]/.test(timezone) && new Intl.DateTimeFormat('en', { timeZone: timezone })) return undefined;
  } catch {
    // It says so by throwing.
  }
  const near = nearestName(timezone, Intl.supportedValuesOf('timeZone'));
  return near === undefined ? expected : `${expected} (did you mean ${near}?)`;
};

const cronMistake = (cron: string, timezone: string): string | undefined => {
  try {
    if (readCron(cron, timezone).nextRun(anyInstant) !== null) return undefined;
    return 'a time that comes: no day is like that';
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^CronPattern: /, '');
    return `five fields as in crontab, such as 0 8 * * 1-5 (${reason})`;
  }
};

/** Bounds of what the floors are minimums of. */
export interface FloorBounds {
  readonly minimum: number;
  readonly maximum: number;
}

export const compileFloors = (
  documents: readonly FloorDocument[],
  bounds: FloorBounds,
  documentPath: DocumentPath,
  { report, note, everySeconds }: PolicyFindings,
): readonly Floor[] =>
  documents.map(({ cron, timezone, for: seconds, minimum }, index) => {
    const path = [...documentPath, index];
    const wrongTimezone = timezoneMistake(timezone);
    if (wrongTimezone !== undefined) report({ path: [...path, 'timezone'], expected: wrongTimezone });
    const wrongCron = cronMistake(cron, wrongTimezone === undefined ? timezone : 'UTC');
    if (wrongCron !== undefined) report({ path: [...path, 'cron'], expected: wrongCron });
    if (seconds < everySeconds) {
      const expected = `at least ${formatSeconds(everySeconds)}, the time between two decisions: a shorter floor may be missed`;
      report({ path: [...path, 'for'], expected });
    }
    if (minimum > bounds.maximum) {
      const expected = `at most ${formatNumber(bounds.maximum)}, the maximum`;
      report({ path: [...path, 'minimum'], expected });
    } else if (minimum <= bounds.minimum) {
      note(path, `changes nothing, because the minimum is ${formatNumber(bounds.minimum)} anyway`);
    }
    return { cron, timezone, seconds, minimum };
  });
