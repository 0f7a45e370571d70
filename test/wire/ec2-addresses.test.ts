import { EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll } from 'vitest';
import { Ec2Addresses } from '../../src/platform/aws/ec2-addresses.ts';
import { describeInstanceAddressesContract } from '../contract/instance-addresses.contract.ts';
import { testClientOptions } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

describeInstanceAddressesContract('EC2', async () => {
  const client = new EC2Client(testClientOptions(moto.url));
  const run = new RunInstancesCommand({ ImageId: 'ami-12c6146b', MinCount: 3, MaxCount: 3 });
  const { Instances = [] } = await client.send(run);
  const [one = '', two = '', three = ''] = Instances.flatMap(({ InstanceId }) => InstanceId ?? []);
  return {
    addresses: new Ec2Addresses(client),
    instanceIds: [one, two, three],
    missingId: 'i-0123456789abcdef0',
    close: async () => client.destroy(),
  };
});
