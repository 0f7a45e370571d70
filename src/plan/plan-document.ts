import * as z from 'zod';
import { duration, flag, mapping, text, whole } from '../document/document-fields.ts';
import { ramp } from './document-fields.ts';
import { headersField } from './document-headers.ts';
import {
  abortDocument,
  authDocument,
  connectionsDocument,
  dollarsField,
  redirectsField,
  tlsDocument,
  validityDocument,
  workersDocument,
} from './document-settings.ts';
import { stepDocument } from './document-steps.ts';
import { isVariableName } from './template.ts';

const sevenDays = 7 * 24 * 3600;

const rateText = 'a rate of 0 to 1000000 arrivals per second, such as 50 or 50 to 200';
const usersText = 'a whole number of 0 to 1000000 virtual users, such as 20 or 0 to 100';

export const stageDocument = mapping('a stage', {
  for: duration(
    'a duration from 1ms to 7 days (168h), such as 500ms, 10s, 5m or 1h',
    0.001,
    sevenDays,
  ).describe('How long the stage takes: 500ms, 10s, 5m, 1h.'),
  rate: ramp(rateText, 1_000_000)
    .describe('Arrivals per second: 50, or a ramp such as 50 to 200.')
    .optional(),
  users: ramp(usersText, 1_000_000, Number.isInteger)
    .describe('Virtual users: 20, or a ramp such as 0 to 100. All stages have rate, or all have users.')
    .optional(),
  warmup: flag('whether the stage only warms the target up')
    .describe('true: counted, but no latency and no threshold looks at it. Such stages come first.')
    .optional(),
});

export const dataDocument = mapping('data', {
  file: text('the name of a CSV file, relative to the plan').describe(
    'A CSV file with a header row, relative to the plan.',
  ),
  use: z
    .enum(['once', 'cycle', 'random'], { error: 'one of once, cycle, random' })
    .describe('Each row once over all workers, over and over in order, or a seeded choice.'),
});

export const scenarioDocument = mapping('a scenario', {
  name: text('a scenario name').describe('What it is called in messages.'),
  weight: whole('a weight: a whole number from 1 to 10000', 1, 10_000)
    .default(1)
    .describe('Its share of the arrivals is weight / sum of weights.'),
  data: dataDocument.describe('Gives each arrival a row; its columns are variables.').optional(),
  steps: z
    .array(stepDocument, { error: 'a list of steps' })
    .min(1, { error: 'at least one step' })
    .describe('Played in order by each arrival.'),
});

const variableValue = z
  .union([z.string(), z.number(), z.boolean()], { error: 'text, a number or true/false' })
  .refine((value) => !String(value).includes('{{'), {
    error: 'a plain value: variables do not refer to each other',
  });

/** What may be written in a plan. Its output holds the compiled plan's units: seconds, fractions, from and to. */
export const planDocument = mapping('a plan', {
  version: z
    .literal(1, { error: '1, the version of this format' })
    .describe('The version of this format: 1.'),
  name: text('a name').describe('What the test is called; by default the file name.').optional(),
  target: text('an origin such as http://127.0.0.1:8080').describe(
    'Where the load goes: an http or https origin, with an optional base path.',
  ),
  load: z
    .array(stageDocument, { error: 'a list of stages' })
    .min(1, { error: 'at least one stage, such as { for: 10s, rate: 50 }' })
    .describe('Stages in order: all with a rate of arrivals, or all with a number of users.'),
  arrivals: z
    .enum(['even', 'poisson'], { error: 'one of even, poisson' })
    .describe('How arrivals of a rate are spaced: even (default), or seeded random as of independent users.')
    .optional(),
  precise: flag('whether arrivals are timed by spinning')
    .describe('true: smaller send lag for more CPU; only with a rate.')
    .optional(),
  seed: whole('a whole number from 0 to 4294967295', 0, 0xffff_ffff)
    .prefault(1)
    .describe('Same plan and seed, same load.'),
  workers: workersDocument.prefault({}).describe('The processes that send the load.'),
  maxCostUsd: dollarsField
    .describe('US dollars: refused when it is likely to cost more, and stopped when it has.')
    .optional(),
  finish: duration('a duration up to 1h, such as 30s', 0, 3600)
    .prefault('30s')
    .describe('How long arrivals under way may take to end after the last stage.'),
  timeout: duration('a timeout from 1ms to 1h, such as 10s', 0.001, 3600)
    .prefault('10s')
    .describe('For each request that has none of its own.'),
  http: z
    .union([z.literal(1), z.literal(2)], { error: '1 or 2, the version of HTTP' })
    .prefault(1)
    .describe('The version of HTTP: 1 (default) is HTTP/1.1, 2 is HTTP/2.'),
  connections: connectionsDocument.prefault({}).describe('How connections are used.'),
  tls: tlsDocument.prefault({}).describe('Whom to trust, and what to show, when the target is https.'),
  cookies: flag('whether cookies are kept')
    .prefault(false)
    .describe('true: each virtual user, or each arrival of a rate, keeps the cookies it is given.'),
  redirects: redirectsField
    .prefault(0)
    .describe('How many redirects in a row a request follows that sets no number of its own.'),
  auth: authDocument
    .describe('Basic authentication for every request that has no auth or authorization header of its own.')
    .optional(),
  hooks: text('the name of a TypeScript or JavaScript file, relative to the plan')
    .describe('A TypeScript or JavaScript file whose functions steps name in before and after.')
    .optional(),
  headers: headersField.prefault({}).describe('Sent with every request; a step can override them.'),
  variables: z
    .record(
      z.string().refine(isVariableName, {
        error: 'a variable name: letters, digits, _ . and -, starting with a letter or _',
      }),
      variableValue,
      { error: 'a mapping of variable names to values' },
    )
    .prefault({})
    .describe('Values for {{name}}; --set name=value overrides one.'),
  scenarios: z
    .array(scenarioDocument, { error: 'a list of scenarios' })
    .min(1, { error: 'at least one scenario' })
    .max(1000, { error: 'at most 1000 scenarios' })
    .describe('What an arrival does. Each plays one of these, by weight.'),
  thresholds: z
    .array(text('a threshold such as p99(response) < 250ms'), { error: 'a list of thresholds' })
    .prefault([])
    .describe('What must hold for the test to pass: p99(response) < 250ms, failures < 1%, rate > 90.'),
  abortOn: z
    .array(abortDocument, { error: 'a list of conditions' })
    .max(20, { error: 'at most 20 conditions' })
    .prefault([])
    .describe('When to end the run early: failures > 20%, or { when: p95(response) > 2s, over: 30s }.'),
  validity: validityDocument
    .prefault({})
    .describe('Beyond these the figures are not trusted, and the run is invalid.'),
});

export type PlanDocument = z.output<typeof planDocument>;
