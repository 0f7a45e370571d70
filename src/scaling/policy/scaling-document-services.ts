import * as z from 'zod';
import { duration, mapping, whole } from '../../document/document-fields.ts';
import { percent } from './scaling-document-fields.ts';
import { floorsField } from './scaling-document-floors.ts';
import { metricFields } from './scaling-document-metrics.ts';

/** What AWS lets a service have at most. */
const mostTasks = 10_000;

/** The default of `maximum`: a bound on what a mistake can cost. */
export const defaultMaximum = 10;

const directionDocument = (
  what: string,
  removes: boolean,
  defaults: { readonly stepCooldown: string; readonly stabilisation: string },
) =>
  mapping(what, {
    cooldown: duration('a duration from 0s to 24h, such as 5m', 0, 24 * 3600)
      .describe(
        `Nothing so soon after the last change in any direction. Default: ${defaults.stepCooldown} with above and below, none with a target.`,
      )
      .optional(),
    stabilisation: duration('a duration from 0s to 1h, such as 5m', 0, 3600)
      .prefault(defaults.stabilisation)
      .describe(
        `The most cautious of the recommendations of so long counts, as in a Kubernetes HPA. Default: ${defaults.stabilisation}.`,
      ),
    mostTasks: whole(`a whole number of tasks from 1 to ${mostTasks}`, 1, mostTasks)
      .describe('At most so many tasks in one step. Default: no limit.')
      .optional(),
    mostPercent: percent(
      removes ? 'a share from 1% to 100%' : 'a share from 1% to 10000%, such as 100%',
      1,
      removes ? 100 : 10_000,
    )
      .describe('At most so much of what there is; with mostTasks, the larger counts. Default: no limit.')
      .optional(),
  });

/**
 * Seconds after a step that nothing says isn't enough. A target needs none: what is ordered is counted already, and
 * stabilisation keeps it from removing what will soon be needed again.
 */
export const stepCooldownSeconds = { out: 60, in: 300 };

const periodsText = 'a whole number of readings from 1 to 10';
const periodsField = whole(periodsText, 1, 10);
export const defaultPeriods = { out: 1, in: 3 };

const periodsDocument = z.union(
  [
    periodsField.transform((periods) => ({ out: periods, in: periods })),
    mapping('readings in a row', {
      out: periodsField.prefault(defaultPeriods.out).describe('Before tasks are added. Default: 1.'),
      in: periodsField.prefault(defaultPeriods.in).describe('Before tasks are removed. Default: 3.'),
    }),
  ],
  { error: 'a number of readings such as 3, or { out: 1, in: 3 }' },
);

export const serviceDocument = mapping('a service', {
  minimum: whole(`a whole number of tasks from 0 to ${mostTasks}`, 0, mostTasks)
    .prefault(1)
    .describe('Tasks that always run. Default: 1.'),
  maximum: whole(`a whole number of tasks from 1 to ${mostTasks}`, 1, mostTasks)
    .describe(`Tasks at most. Default: ${defaultMaximum}.`)
    .optional(),
  ...metricFields,
  periods: periodsDocument
    .describe('With above and below: so many readings in a row must agree. Default: { out: 1, in: 3 }.')
    .optional(),
  out: directionDocument('limits of adding tasks', false, { stepCooldown: '1m', stabilisation: '0s' })
    .prefault({})
    .describe('When and how fast tasks are added.'),
  in: directionDocument('limits of removing tasks', true, { stepCooldown: '5m', stabilisation: '5m' })
    .prefault({})
    .describe('When and how fast tasks are removed.'),
  stale: duration('a duration from 20s to 1h, such as 5m', 20, 3600)
    .describe('Nothing is done on readings older than this. Default: three periods and 2m.')
    .optional(),
  floors: floorsField('tasks', mostTasks),
});

export type ServiceDocument = z.output<typeof serviceDocument>;
