import { DocumentInvalidError } from '../../errors.ts';
import { parseDayText, type UtcDay } from '../layout/utc-day.ts';

/** Throws `DocumentInvalid` for what isn't a day such as `2026-11-20`. */
export const dayOfText = (text: string): UtcDay => {
  const day = parseDayText(text);
  if (day === undefined)
    throw new DocumentInvalidError(`${JSON.stringify(text)} is no day such as 2026-11-20`);
  return day;
};
