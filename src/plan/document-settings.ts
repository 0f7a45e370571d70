import * as z from 'zod';
import { duration, flag, mapping, text, whole } from '../document/document-fields.ts';
import { durationMillis, fraction, scalarText } from './document-fields.ts';

const validityMillis = (example: string) => durationMillis(`a duration up to 1h, such as ${example}`);

export const validityDocument = mapping('validity limits', {
  sendLagP99: validityMillis('10ms')
    .prefault('10ms')
    .describe('How late the slowest 1 % of arrivals may start.'),
  missed: fraction('a share from 0% to 100%, such as 0.5%')
    .prefault('0.5%')
    .describe('Arrivals nobody sent.'),
  missingSegments: whole('a whole number from 0 to 1000000', 0, 1_000_000)
    .prefault(0)
    .describe('Ten-second pieces of a worker that never came.'),
  clockBound: validityMillis('10ms')
    .prefault('10ms')
    .describe('How far the clocks of the workers may differ.'),
  cpu: fraction('a share from 0% to 100%, such as 85%')
    .prefault('85%')
    .describe('Above this, lost load is blamed on the generator.'),
  eventLoopLag: validityMillis('50ms')
    .prefault('50ms')
    .describe('Above this, lost load is blamed on the generator.'),
});

const spotText = 'a share from 0% to 100%, such as 70%, or { share: 70%, fallback: on-demand }';
const spotShare = fraction('a share from 0% to 100%, such as 70%').describe(
  'Of the workers, how many may run on spot capacity: 70%.',
);

/** `70%` is short for `{ share: 70% }`. */
export const spotDocument = z.union(
  [
    fraction(spotText).transform((share) => ({ share, fallback: 'wait' as const })),
    mapping('a spot setting', {
      share: spotShare,
      fallback: z
        .enum(['wait', 'on-demand', 'fail'], { error: 'one of wait, on-demand, fail' })
        .prefault('wait')
        .describe('Without spot capacity: wait for it until readyTimeout, pay on demand, or end the run.'),
    }),
  ],
  { error: spotText },
);

const threadsText = 'a number of threads from 1 to 64, or auto';

export const workersDocument = mapping('workers', {
  count: whole('a number of workers from 1 to 1000', 1, 1000)
    .prefault(1)
    .describe('How many share the load.'),
  threads: z
    .union([whole(threadsText, 1, 64), z.literal('auto')], { error: threadsText })
    .prefault(1)
    .describe('Threads of a worker that send load: a number, or auto for one on each CPU.'),
  maxInFlight: whole('a whole number from 1 to 1000000', 1, 1_000_000)
    .prefault(10_000)
    .describe('Arrivals beyond this many unfinished ones of a worker are dropped.'),
  readyTimeout: duration('a duration from 1s to 1h, such as 30s', 1, 3600)
    .describe('How long workers may take to get ready. Default: 30s on one machine, 5m on a stack.')
    .optional(),
  spot: spotDocument
    .describe('Workers on spot capacity, on a platform that has it: 70%, or { share: 70%, fallback: fail }.')
    .optional(),
});

const dollarsText = 'a number of US dollars above 0 and up to 1000000, such as 5';

export const dollarsField = z
  .number({ error: dollarsText })
  .positive({ error: dollarsText })
  .max(1_000_000, { error: dollarsText });

export const connectionsDocument = mapping('connections', {
  keepAlive: flag('whether connections are used again')
    .prefault(true)
    .describe('false: each request opens a connection of its own.'),
  max: whole('a whole number from 1 to 100000', 1, 100_000)
    .describe('The most connections of a worker to one origin; further requests wait for one.')
    .optional(),
});

const pemFile = (what: string) => text(`the name of a PEM file with ${what}, relative to the plan`);

export const tlsDocument = mapping('TLS settings', {
  ca: pemFile('certificates')
    .describe('Certificates that are trusted instead of the well-known ones. PEM, relative to the plan.')
    .optional(),
  cert: pemFile('a certificate')
    .describe('The certificate of the client, with its chain. PEM, relative to the plan.')
    .optional(),
  key: pemFile('a private key')
    .describe('The private key of the client certificate. PEM, relative to the plan.')
    .optional(),
  verify: flag('whether certificates are verified')
    .prefault(true)
    .describe('false: any certificate of the target is accepted.'),
});

const credential = scalarText('text, a number or true/false');

export const authDocument = mapping('basic authentication', {
  user: credential.describe('The user name.'),
  password: credential.describe('The password.'),
});

export const redirectsField = whole('a number of redirects from 0 to 20', 0, 20);

const conditionText = 'a condition such as failures > 20%, or { when: p95(response) > 2s, over: 30s }';
const condition = text('a condition such as failures > 20%');

export const abortDocument = z.union(
  [
    condition,
    mapping('a condition that ends the run', {
      when: condition.describe('When to end: failures > 20%, p95(response) > 2s, rate < 10.'),
      over: duration('a duration from 1s to 10m, such as 10s', 1, 600)
        .prefault('10s')
        .describe('Judged on the load of this long.'),
    }),
  ],
  { error: conditionText },
);
