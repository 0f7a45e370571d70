import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { EventBridgeSchedules } from '../../../src/platform/aws/event-bridge-schedules.ts';
import { writeScheduleInput } from '../../../src/platform/aws/schedule-input.ts';
import { aSchedule } from '../../contract/run-schedules.contract.ts';

const target = { group: 'stack', functionArn: 'arn:f', roleArn: 'arn:r', queueArn: 'arn:q' };

const openSchedules = () => {
  const client = new SchedulerClient({ region: 'us-east-1' });
  return { mock: mockClient(client), schedules: new EventBridgeSchedules(client, target) };
};

const failure = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('said so'), { name, $metadata: { httpStatusCode } });
const missing = failure('ResourceNotFoundException', 404);

describe('a schedule on EventBridge', () => {
  it('starts the function, with its name, plan and time, and leaves what fails in the queue', async () => {
    const { mock, schedules } = openSchedules();
    mock.on(UpdateScheduleCommand).rejects(missing).on(CreateScheduleCommand).resolves({});
    await schedules.put(aSchedule());
    const input = mock.commandCalls(CreateScheduleCommand)[0]?.args[0].input;
    expect(input).toMatchObject({
      Name: 'nightly',
      GroupName: 'stack',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: { Arn: 'arn:f', RoleArn: 'arn:r', DeadLetterConfig: { Arn: 'arn:q' } },
    });
    expect(JSON.parse(input?.Target?.Input ?? '')).toEqual({
      schedule: 'nightly',
      plan: 'schedules/nightly/plan.json',
      time: '<aws.scheduler.scheduled-time>',
    });
  });

  it('is replaced whole', async () => {
    const { mock, schedules } = openSchedules();
    mock.on(UpdateScheduleCommand).resolves({});
    await schedules.put(aSchedule({ enabled: false }));
    expect(mock.commandCalls(CreateScheduleCommand)).toHaveLength(0);
    expect(mock.commandCalls(UpdateScheduleCommand)[0]?.args[0].input).toMatchObject({ State: 'DISABLED' });
  });

  it('that another caller creates meanwhile is updated', async () => {
    const { mock, schedules } = openSchedules();
    mock.on(UpdateScheduleCommand).rejectsOnce(missing).resolves({});
    mock.on(CreateScheduleCommand).rejects(failure('ConflictException', 409));
    await schedules.put(aSchedule());
    expect(mock.commandCalls(UpdateScheduleCommand)).toHaveLength(2);
  });

  it('in a group that is missing is refused, with what to check', async () => {
    const { mock, schedules } = openSchedules();
    mock.rejects(missing);
    await expect(schedules.put(aSchedule())).rejects.toMatchObject({
      name: 'PlatformRefused',
      message: expect.stringMatching(/store schedule nightly.*Check the schedule group/),
    });
  });

  it('that AWS does not understand is told with its name, its expression and examples', async () => {
    // The error comes over HTTP, so that the SDK's own model reads it.
    const server = createServer((_, response) => {
      response.writeHead(400, { 'x-amzn-errortype': 'ValidationException' });
      response.end(JSON.stringify({ Message: 'Invalid Schedule Expression every full moon.' }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new SchedulerClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    });
    await expect(
      new EventBridgeSchedules(client, target).put(aSchedule({ expression: 'every full moon' })),
    ).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringMatching(
        /^Schedule nightly: .*"every full moon" in time zone "Europe\/Berlin".*Invalid Schedule Expression.*cron\(/,
      ),
    });
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
});

describe('the schedules on EventBridge', () => {
  it('are listed over all pages, by name, without those that are gone or start something else', async () => {
    const { mock, schedules } = openSchedules();
    mock
      .on(ListSchedulesCommand)
      .resolves({ Schedules: [{ Name: 'b' }, { Name: 'gone' }], NextToken: 'page 2' })
      .on(ListSchedulesCommand, { NextToken: 'page 2' })
      .resolves({ Schedules: [{ Name: 'foreign' }, { Name: 'a' }] });
    const stored = { ScheduleExpression: 'rate(1 hour)', ScheduleExpressionTimezone: 'UTC' };
    for (const Name of ['a', 'b']) {
      const Target = { Arn: 'arn:f', RoleArn: 'arn:r', Input: writeScheduleInput(Name, `plan of ${Name}`) };
      mock
        .on(GetScheduleCommand, { Name, GroupName: 'stack' })
        .resolves({ ...stored, State: 'ENABLED', Target });
    }
    mock.on(GetScheduleCommand, { Name: 'gone' }).rejects(missing);
    mock.on(GetScheduleCommand, { Name: 'foreign' }).resolves({
      ...stored,
      Target: { Arn: 'arn:f', RoleArn: 'arn:r', Input: '{"some":"thing"}' },
    });
    const common = { expression: 'rate(1 hour)', timezone: 'UTC', enabled: true };
    expect(await schedules.list()).toEqual([
      { ...common, name: 'a', plan: 'plan of a' },
      { ...common, name: 'b', plan: 'plan of b' },
    ]);
  });

  it('may be out of reach for a moment', async () => {
    const { mock, schedules } = openSchedules();
    mock.rejects(failure('ThrottlingException', 429));
    for (const call of [
      () => schedules.list(),
      () => schedules.put(aSchedule()),
      () => schedules.delete('a'),
    ]) {
      await expect(call()).rejects.toMatchObject({ name: 'ServiceUnavailable' });
    }
  });

  it('tell whether there was one to delete', async () => {
    const { mock, schedules } = openSchedules();
    mock.on(DeleteScheduleCommand).resolvesOnce({}).rejects(missing);
    expect([await schedules.delete('a'), await schedules.delete('a')]).toEqual([true, false]);
  });
});
