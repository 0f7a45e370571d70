import * as z from 'zod';
import { duration, mapping, whole } from '../../document/document-fields.ts';
import { shortText } from './scaling-document-fields.ts';

const weekSeconds = 7 * 24 * 3600;

/** @param things What is counted: tasks, or instances. */
export const floorsField = (things: string, most: number) => {
  const floor = mapping('a floor', {
    cron: shortText('five fields as in crontab, such as 0 8 * * 1-5', 100).describe(
      'When it begins: minute, hour, day of the month, month, day of the week.',
    ),
    timezone: shortText('an IANA time zone such as Europe/Berlin', 64)
      .prefault('UTC')
      .describe('Whose clock `cron` means. Default: UTC.'),
    for: duration('a duration from 1m to 168h, such as 10h', 60, weekSeconds).describe(
      'How long it holds each time.',
    ),
    minimum: whole(`a whole number of ${things} from 1 to ${most}`, 1, most).describe(
      'The minimum in the meantime.',
    ),
  });
  return z
    .array(floor, { error: 'a list of floors' })
    .max(50, { error: 'at most 50 floors' })
    .prefault([])
    .describe('Minimums that hold again and again, such as before a known peak. Default: none.');
};
