import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { Ec2Addresses } from '../../../src/platform/aws/ec2-addresses.ts';
import { awsError } from './support/simulated-ecs.ts';

const open = () => {
  const client = new EC2Client({ region: 'us-east-1' });
  return { ec2: mockClient(client), addresses: new Ec2Addresses(client) };
};
const reservation = (...instances: readonly (readonly [string, string?])[]) => ({
  Instances: instances.map(([InstanceId, PrivateIpAddress]) => ({
    InstanceId,
    ...(PrivateIpAddress === undefined ? {} : { PrivateIpAddress }),
  })),
});

describe('addresses of instances', () => {
  it('come from all pages, without instances that have none', async () => {
    const { ec2, addresses } = open();
    ec2
      .on(DescribeInstancesCommand)
      .resolvesOnce({ Reservations: [reservation(['i-1', '10.0.0.1'], ['i-2'])], NextToken: 'more' })
      .resolvesOnce({ Reservations: [], NextToken: 'more' })
      .resolves({ Reservations: [reservation(['i-3', '10.0.0.3'])] });
    const found = await addresses.privateAddresses(['i-1', 'i-2', 'i-3', 'i-4']);
    expect([...found]).toEqual([
      ['i-1', '10.0.0.1'],
      ['i-3', '10.0.0.3'],
    ]);
    expect(ec2.commandCalls(DescribeInstancesCommand)[0]?.args[0].input).toEqual({
      Filters: [{ Name: 'instance-id', Values: ['i-1', 'i-2', 'i-3', 'i-4'] }],
    });
  });

  it('are not asked for when there are no instances', async () => {
    const { ec2, addresses } = open();
    expect(await addresses.privateAddresses([])).toEqual(new Map());
    expect(ec2.calls()).toHaveLength(0);
  });

  it.each([
    ['RequestLimitExceeded', 'CallThrottled'],
    ['UnauthorizedOperation', 'ClusterRefused'],
  ])('fail with %s as %s', async (name, thrown) => {
    const { ec2, addresses } = open();
    ec2.on(DescribeInstancesCommand).rejects(awsError(name, 'as the test has it'));
    await expect(addresses.privateAddresses(['i-1'])).rejects.toMatchObject({ name: thrown });
  });

  it('are given up when the pages have no end', async () => {
    const { ec2, addresses } = open();
    ec2.on(DescribeInstancesCommand).resolves({ NextToken: 'more' });
    await expect(addresses.privateAddresses(['i-1'])).rejects.toMatchObject({ name: 'ClusterUnavailable' });
  });
});
