import type { ForwardEvent } from './forward-client.ts';
import { type ObjectSink, recordsOf } from './object-sink.ts';

/** What FireLens adds to each record of a task on an instance. */
export const taskMetadata = {
  ecs_cluster: 'shop',
  ecs_task_arn: 'arn:aws:ecs:eu-central-1:123456789012:task/shop/0123456789abcdef0123456789abcdef',
  ecs_task_definition: 'shop-web:7',
  ec2_instance_id: 'i-0123456789abcdef0',
};

/** A line as Docker's driver sends it. */
export const event = (
  log: string | Buffer,
  { source = 'stdout', at = Date.now(), nanos = 123_456_789, more = {} } = {},
): ForwardEvent => ({
  seconds: Math.floor(at / 1000),
  nanos,
  record: {
    container_id: '1a'.repeat(32),
    container_name: '/ecs-shop-web-7-app-one-e4c9a1f8b3d2',
    source,
    log,
    ...more,
  },
});

/** A line as Docker's `json-file` driver writes it. */
export const fileLine = (log: string, { stream = 'stdout', at = Date.now() } = {}): string =>
  `${JSON.stringify({ log, stream, time: new Date(at).toISOString().replace('Z', '456789Z') })}\n`;

/** The numbers of `line <n>` in the order in which they arrived. */
export const numbersOf = (sink: ObjectSink): readonly number[] =>
  recordsOf(sink).map(({ log }) => Number(log?.split(' ')[1]));

export const countTo = (end: number): readonly number[] => Array.from({ length: end }, (_, n) => n);

/** As Docker cuts a line that is longer. */
export const pieceBytes = 16_384;

export const dayMillis = 86_400_000;
