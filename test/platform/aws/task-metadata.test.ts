import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ServiceUnavailableError } from '../../../src/errors.ts';
import {
  parseTaskMetadata,
  readTaskMetadata,
  unknownClockBoundMillis,
} from '../../../src/platform/aws/task-metadata.ts';

const aTask = {
  Cluster: 'workers',
  TaskARN: 'arn:aws:ecs:us-east-1:123456789012:task/workers/0a1b',
  Family: 'worker',
  LaunchType: 'FARGATE',
  AvailabilityZone: 'us-east-1a',
  Limits: { CPU: 0.5, Memory: 1024 },
  ClockDrift: {
    ClockErrorBound: 0.5458234999999999,
    ReferenceTimestamp: '2026-01-01T12:00:00Z',
    ClockSynchronizationStatus: 'SYNCHRONIZED',
  },
  Containers: [],
};

describe('the metadata of a task', () => {
  it('tells its ARN, its limits and how far its clock may be off', () => {
    expect(parseTaskMetadata(aTask)).toEqual({
      taskArn: aTask.TaskARN,
      launchType: 'FARGATE',
      availabilityZone: 'us-east-1a',
      vcpus: 0.5,
      memoryMib: 1024,
      clockBoundMillis: aTask.ClockDrift.ClockErrorBound,
    });
  });

  it.each([
    ['not synchronised', { ...aTask.ClockDrift, ClockSynchronizationStatus: 'NOT_SYNCHRONIZED' }],
    ['without a bound', { ClockSynchronizationStatus: 'SYNCHRONIZED' }],
    ['unknown', undefined],
  ])('takes a clock that is %s for one that may be off by any amount', (_, ClockDrift) => {
    expect(parseTaskMetadata({ ...aTask, ClockDrift }).clockBoundMillis).toBe(unknownClockBoundMillis);
  });
});

describe('reading the metadata of the own task', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4/0a1b`;
  };
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const pauses: number[] = [];
  const hasty = { sleep: async (millis: number) => void pauses.push(millis), random: () => 0 };

  it('asks the agent again when it is not ready yet', async () => {
    let asked = 0;
    const endpoint = await serve((request, response) => {
      asked++;
      if (asked === 1) response.socket?.destroy();
      else if (asked === 2) response.writeHead(500).end('not yet');
      else if (asked === 3) response.end('{}');
      else response.end(JSON.stringify(request.url === '/v4/0a1b/task' ? aTask : {}));
    });
    expect((await readTaskMetadata(endpoint, hasty)).taskArn).toBe(aTask.TaskARN);
    expect(pauses).toEqual([100, 200, 400]);
  });

  it('says what it tried when the agent never answers well', async () => {
    let asked = 0;
    const endpoint = await serve((_, response) => {
      asked++;
      response.writeHead(404).end();
    });
    const failure = await readTaskMetadata(endpoint, hasty).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceUnavailableError);
    expect((failure as Error).message).toContain(`${endpoint}/task`);
    expect(asked).toBe(6);
  });
});
