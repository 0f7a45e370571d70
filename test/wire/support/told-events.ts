import { randomUUID } from 'node:crypto';
import { instanceEvent, wrappings } from '../../drain/notices/instance-events.ts';

/** What comes of each sample event (test/fixtures/instance-events). */
export const outcomes = {
  hurried: [
    'spot-terminate',
    'spot-stop',
    'spot-hibernate',
    'state-stopping',
    'state-shutting-down',
    'state-stopped',
    'state-terminated',
  ],
  unhurried: [
    'rebalance-recommendation',
    'lifecycle-terminate',
    'hook-terminate',
    'health-scheduled-change',
    'drain-request',
  ],
  nothing: ['health-issue', 'hook-launch', 'hook-test', 'lifecycle-launch', 'state-pending', 'state-running'],
} as const;

export interface ToldEvent {
  readonly event: string;
  readonly wrapping: string;
  readonly instanceId: string;
  readonly lifecycleActionToken: string;
  readonly body: string;
}

const recorded = { instanceId: 'i-0b662ef9931388ba0', token: '0befcbdb-6ecd-498a-9ff7-ae9b54447cd6' };
const twoWeeksMillis = 14 * 86_400_000;

/** The sample as if it had happened just now, to this instance. */
const now = (event: string, instanceId: string, token: string): unknown => {
  const text = JSON.stringify(instanceEvent(event))
    .replaceAll(recorded.instanceId, instanceId)
    .replaceAll(recorded.token, token);
  const moment = new Date();
  const later = (millis: number) => new Date(moment.getTime() + millis);
  return JSON.parse(text, (key, value) => {
    if (key === 'time' || key === 'Time') return moment.toISOString();
    if (key === 'deadline') return later(600_000).toISOString();
    if (key === 'startTime') return later(twoWeeksMillis).toUTCString();
    return value;
  });
};

/** One sample about one instance, straight. */
export const tell = (event: string, instanceId: string, lifecycleActionToken: string): string =>
  JSON.stringify(now(event, instanceId, lifecycleActionToken));

/** Every sample in every wrapping, each about an instance of its own. */
export const tellAll = (events: readonly string[], instanceIds: readonly string[]): readonly ToldEvent[] => {
  const left = [...instanceIds];
  return events.flatMap((event) =>
    wrappings.map(([wrapping, wrap]): ToldEvent => {
      const instanceId = left.shift();
      if (instanceId === undefined) throw new RangeError('too few instances');
      const lifecycleActionToken = randomUUID();
      const body = wrap(now(event, instanceId, lifecycleActionToken));
      return { event, wrapping, instanceId, lifecycleActionToken, body };
    }),
  );
};

/** As SQS hands them to a function. */
export const batchesOf = (bodies: readonly string[], size = 10): readonly object[] =>
  Array.from({ length: Math.ceil(bodies.length / size) }, (_, batch) => ({
    Records: bodies
      .slice(batch * size, (batch + 1) * size)
      .map((body, index) => ({ messageId: `m${batch}-${index}`, body })),
  }));
