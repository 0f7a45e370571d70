import * as z from 'zod';
import { flag, mapping, parsed } from '../../document/document-fields.ts';

const mostRetentionDays = 3650;

const expectedDays = `1 to ${mostRetentionDays} days, such as 400 days`;

const days = parsed(expectedDays, (written) => {
  const [, number] = /^(\d+)\s*(?:d|days?)$/.exec(written.trim()) ?? [];
  const value = Number(number);
  return value >= 1 && value <= mostRetentionDays ? value : undefined;
});

const settings = {
  mode: z
    .enum(['registered', 'projection'], { error: 'registered or projection' })
    .describe('registered: each day is a partition of the catalog. projection: Athena works the days out.')
    .optional(),
  retention: days.describe(`Logs of older days are deleted: ${expectedDays}.`).optional(),
  compact: flag('whether closed days become Parquet')
    .describe('false: no further day becomes Parquet; those that are stay readable.')
    .optional(),
};

const expectedTable = 'FAMILY/CONTAINER, with * for all of them on one side';

/** `shop/app`, `shop/*`, `*\/app`; for all tables there are the defaults. */
const tablePattern = /^(?:[\w-]{1,255}\/(?:[\w-]{1,255}|\*)|\*\/[\w-]{1,255})$/;

/** What may be written in `config/logs.yml`. */
export const logSettingsDocument = mapping('settings of logs', {
  version: z.literal(1, { error: '1, the version of this format' }),
  defaults: mapping('settings of all tables', settings).prefault({}).describe('Of all tables.'),
  tables: z
    .record(
      z.string().regex(tablePattern, { error: expectedTable }),
      mapping('settings of a table', settings),
      {
        error: `a mapping, each key ${expectedTable}`,
      },
    )
    .refine((tables) => Object.keys(tables).length <= 5000, { error: 'at most 5,000 of them' })
    .prefault({})
    .describe(
      'Of some tables: what FAMILY/CONTAINER says goes before FAMILY/*, and that before */CONTAINER.',
    ),
});

/** What is written of a table, or of some. */
export type WrittenSettings = z.output<typeof logSettingsDocument>['defaults'];
