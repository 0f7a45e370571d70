import * as z from 'zod';
import { duration, mapping, whole } from '../../document/document-fields.ts';
import { percent, positive, rate, shortText } from './scaling-document-fields.ts';

const tasksText = 'a whole number of tasks from 1 to 1000';
const tasks = whole(tasksText, 1, 1000);

const mostSteps = 10;

/** `above: 30`, or `above: [{ at: 50, add: 1 }, { at: 80, add: 3 }]`. */
const aboveField = <Value extends z.ZodType<number>>(value: Value, example: string) => {
  const expected = `a threshold such as ${example}, or a list such as [{ at: ${example}, add: 1 }]`;
  const step = mapping('a step out', {
    at: value.describe('The metric must be higher than this.'),
    add: tasks.describe('Tasks to add.'),
  });
  const steps = z
    .array(step)
    .min(1, { error: expected })
    .max(mostSteps, { error: `at most ${mostSteps} steps` });
  return z
    .union([value.transform((at) => [{ at, add: 1 }]), steps], { error: expected })
    .describe('Tasks are added when the metric is higher: a threshold that adds 1, or steps, ascending.');
};

/** `below: 15`, or `below: [{ at: 15, remove: 1 }, { at: 5, remove: 2 }]`. */
const belowField = <Value extends z.ZodType<number>>(value: Value, example: string) => {
  const expected = `a threshold such as ${example}, or a list such as [{ at: ${example}, remove: 1 }]`;
  const step = mapping('a step in', {
    at: value.describe('The metric must be lower than this.'),
    remove: tasks.describe('Tasks to remove.'),
  });
  const steps = z
    .array(step)
    .min(1, { error: expected })
    .max(mostSteps, { error: `at most ${mostSteps} steps` });
  return z
    .union([value.transform((at) => [{ at, remove: 1 }]), steps], { error: expected })
    .describe(
      'Tasks are removed when the metric is lower: a threshold that removes 1, or steps, descending.',
    );
};

/** What every metric has: how it is judged. */
const judged = <Value extends z.ZodType<number>>(
  value: Value,
  [target, above, below]: readonly [string, string, string],
) => ({
  target: value.describe(`What the metric is kept near, of one task: ${target}.`).optional(),
  tolerance: percent('a share from 0% to 90%, such as 10%', 0, 90)
    .describe('With a target: nothing is done while the metric is so near to it. Default: 10%.')
    .optional(),
  above: aboveField(value, above).optional(),
  below: belowField(value, below).optional(),
});

const isWholeMinutes = (seconds: number): boolean => seconds % 60 === 0;
const isPeriod = (seconds: number): boolean => [10, 20, 30].includes(seconds) || isWholeMinutes(seconds);

const minutesField = (what: string) =>
  duration(`whole minutes from 1m to 15m: ${what} has a value each minute`, 60, 900, isWholeMinutes)
    .prefault('1m')
    .describe('The length of a reading: whole minutes. Default: 1m.');

const percentField = percent('a number of percent from 1 to 1000, such as 60', 1, 1000);
const percentExamples = ['60', '70', '30'] as const;
const rateField = rate('a rate of requests of one target, such as 20/s or 1200/m');
const amountField = positive('a number above 0, such as 100');
const amountExamples = ['100', '100', '20'] as const;

const perField = z
  .enum(['task', 'total'], { error: 'one of task, total' })
  .describe(
    'task: an average over tasks, which falls when tasks are added. total: demand itself, which does not.',
  );

export const cpuDocument = mapping('CPU', {
  ...judged(percentField, percentExamples),
  period: minutesField('the CPU of a service'),
});

export const memoryDocument = mapping('memory', {
  ...judged(percentField, percentExamples),
  period: minutesField('the memory of a service'),
});

export const requestsDocument = mapping('requests per target', {
  targetGroup: shortText('a target group as CloudWatch names it, such as targetgroup/web/0123456789abcdef')
    .regex(/^targetgroup\/[\w-]{1,32}\/[0-9a-f]{16}$/, {
      error: 'a target group as CloudWatch names it, such as targetgroup/web/0123456789abcdef',
    })
    .describe('The end of its ARN: targetgroup/NAME/ID.'),
  ...judged(rateField, ['20/s', '20/s', '5/s']),
  period: minutesField('a target group'),
});

export const queueDocument = mapping('queue depth', {
  queue: shortText('the name of an SQS queue')
    .regex(/^[\w-]{1,80}(\.fifo)?$/, { error: 'the name of an SQS queue, not its URL or ARN' })
    .describe('The name of an SQS queue.'),
  inWorkPerTask: positive('a number of messages above 0, such as 1', 1e6)
    .describe('Messages that one task has received and not deleted while it is busy. Required with a target.')
    .optional(),
  ...judged(amountField, amountExamples),
  period: minutesField('a queue'),
}).refine(({ target, inWorkPerTask }) => target === undefined || inWorkPerTask !== undefined, {
  path: ['inWorkPerTask'],
  error:
    'the messages that a busy task has received and not deleted, such as 1: without it tasks would be removed while they work on the last ones',
});

const statistics = /^(Average|Sum|Minimum|Maximum|SampleCount|p(\d{1,2}(\.\d{1,2})?|100))$/;
const statisticText = 'one of Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p90';

/** AWS's own services publish each minute at most; asked for shorter periods they have gaps. */
const isPublished = ({
  namespace,
  period,
}: {
  readonly namespace: string;
  readonly period: number;
}): boolean => period >= 60 || !namespace.startsWith('AWS/');

export const cloudWatchDocument = mapping('a CloudWatch metric', {
  namespace: shortText('a namespace such as Shop', 255).describe('Its namespace.'),
  name: shortText('the name of a metric', 255).describe('Its name.'),
  dimensions: z
    .record(shortText('the name of a dimension', 255), shortText('the value of a dimension', 1024), {
      error: 'a mapping of dimension names to values',
    })
    .refine((dimensions) => Object.keys(dimensions).length <= 30, { error: 'at most 30 dimensions' })
    .prefault({})
    .describe('All of its dimensions, by name.'),
  statistic: shortText(statisticText)
    .regex(statistics, { error: statisticText })
    .describe(`${statisticText}.`),
  per: perField,
  ...judged(amountField, amountExamples),
  period: duration('10s, 20s, 30s, or whole minutes up to 15m', 10, 900, isPeriod)
    .prefault('1m')
    .describe(
      'The length of a reading: 10s, 20s or 30s (high-resolution metrics), or whole minutes. Default: 1m.',
    ),
}).refine(isPublished, {
  path: ['period'],
  error: 'whole minutes from 1m to 15m: metrics of AWS itself have a value each minute at most',
});

export const prometheusDocument = mapping('a Prometheus query', {
  query: shortText('a PromQL expression that gives one series', 4000).describe(
    'A PromQL expression that gives one series.',
  ),
  per: perField,
  ...judged(amountField, amountExamples),
  period: duration('whole seconds from 10s to 15m', 10, 900, Number.isInteger)
    .prefault('1m')
    .describe('How far readings are apart. Default: 1m.'),
});

/** One, or a list of several. */
const oneOrMore = <Value extends z.ZodType>(what: string, value: Value) => {
  const expected = `${what}, or a list of them`;
  const list = z.array(value).min(1, { error: expected }).max(10, { error: 'at most 10 of them' });
  return z.union([value.transform((one) => [one]), list], { error: expected });
};

/** What a service can be scaled by; at least one of these. */
export const metricFields = {
  cpu: cpuDocument.describe('Average CPU of its tasks, in percent of what they reserve.').optional(),
  memory: memoryDocument.describe('Average memory of its tasks, in percent of what they reserve.').optional(),
  requestsPerTarget: oneOrMore('requests per target', requestsDocument)
    .describe('Requests that a target of a load balancer gets.')
    .optional(),
  queueDepth: oneOrMore('a queue', queueDocument).describe('Messages that wait in an SQS queue.').optional(),
  cloudWatch: oneOrMore('a CloudWatch metric', cloudWatchDocument)
    .describe('Any metric of CloudWatch.')
    .optional(),
  prometheus: oneOrMore('a Prometheus query', prometheusDocument)
    .describe('Any query of Prometheus.')
    .optional(),
};

export const metricKinds = Object.keys(metricFields) as readonly (keyof typeof metricFields)[];
