import { DescribeSubnetsCommand, type EC2Client } from '@aws-sdk/client-ec2';

/** Addresses that are free in these subnets together. */
export const readFreeAddresses = async (
  client: EC2Client,
  subnets: readonly string[],
  abortSignal: AbortSignal,
): Promise<number> => {
  const command = new DescribeSubnetsCommand({ SubnetIds: [...subnets] });
  const { Subnets = [] } = await client.send(command, { abortSignal });
  if (Subnets.length === 0) throw new Error('there are no such subnets');
  return Subnets.reduce((sum, { AvailableIpAddressCount = 0 }) => sum + AvailableIpAddressCount, 0);
};
