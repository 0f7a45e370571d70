import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { describeMetrics } from '../../../src/platform/aws/describe-metrics.ts';
import { EventBridgeEvents } from '../../../src/platform/aws/event-bridge-events.ts';
import type { StormdrainEvent } from '../../../src/platform/ports/event-sink.ts';

const at = '2026-11-21T10:00:00.000Z';
const finished: StormdrainEvent = { type: 'run.finished', runId: 'r1', outcome: 'failed', at };
const lost: StormdrainEvent = {
  type: 'worker.lost',
  runId: 'r1',
  shard: 3,
  attempt: 1,
  reason: 'SIGKILL',
  at,
};

const openSink = () => {
  const client = new EventBridgeClient({ region: 'us-east-1' });
  const mock = mockClient(client);
  const logged: string[] = [];
  const sink = new EventBridgeEvents(client, 'bus', {
    log: (line) => logged.push(line),
    pause: async () => {},
  });
  return { mock, logged, sink };
};

const refused = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'later' }] };

describe('an event told to EventBridge', () => {
  it('has a source, its type and itself as the detail', async () => {
    const { mock, sink } = openSink();
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: '1' }] });
    await sink.tell(finished);
    expect(mock.commandCalls(PutEventsCommand).map((call) => call.args[0].input)).toEqual([
      {
        Entries: [
          {
            EventBusName: 'bus',
            Source: 'stormdrain',
            DetailType: 'run.finished',
            Detail: JSON.stringify(finished),
            Time: new Date(at),
          },
        ],
      },
    ]);
  });

  it('is sent again when the answer is 200 and the entry was refused', async () => {
    const { mock, logged, sink } = openSink();
    mock.on(PutEventsCommand).resolvesOnce(refused).resolves({ FailedEntryCount: 0 });
    await sink.tell(finished);
    expect(mock.commandCalls(PutEventsCommand)).toHaveLength(2);
    expect(logged).toHaveLength(1);
  });

  it('that is refused every time is logged, whole', async () => {
    const { mock, logged, sink } = openSink();
    mock.on(PutEventsCommand).resolves(refused);
    await sink.tell(lost);
    expect(mock.commandCalls(PutEventsCommand)).toHaveLength(3);
    expect(JSON.parse(logged[1] ?? '')).toMatchObject({ reason: 'InternalFailure: later', event: lost });
  });

  it('that cannot be sent is logged, whole', async () => {
    const { mock, logged, sink } = openSink();
    mock.on(PutEventsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await sink.tell(finished);
    expect(JSON.parse(logged[1] ?? '')).toMatchObject({
      level: 'error',
      reason: 'AccessDeniedException: no',
      event: finished,
    });
  });

  it('is a line of metrics first', async () => {
    const { mock, logged, sink } = openSink();
    mock.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    await sink.tell(finished);
    expect(JSON.parse(logged[0] ?? '')).toEqual(describeMetrics(finished));
  });
});

describe('metrics', () => {
  it('count finished runs, in all and by outcome', () => {
    expect(describeMetrics(finished)).toEqual({
      _aws: {
        Timestamp: Date.parse(at),
        CloudWatchMetrics: [
          {
            Namespace: 'stormdrain',
            Dimensions: [[], ['Outcome']],
            Metrics: [{ Name: 'RunsFinished', Unit: 'Count' }],
          },
        ],
      },
      RunsFinished: 1,
      Outcome: 'failed',
      runId: 'r1',
    });
  });

  it.each([finished, lost])('name no dimension or metric that the line of %s does not have', (event) => {
    const line = describeMetrics(event);
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const dimension of Dimensions.flat()) expect(line[dimension]).toEqual(expect.any(String));
      for (const { Name } of Metrics) expect(line[Name]).toBe(1);
      // Values without an end: each would be a metric that is paid for.
      expect(Dimensions.flat()).not.toContain('runId');
    }
  });
});
