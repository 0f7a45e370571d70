import { DescribeInstancesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { ClusterRefusedError, ClusterUnavailableError } from '../../errors.ts';
import type { InstanceAddresses } from '../ports/instance-addresses.ts';
import { passFailure } from './pass-failure.ts';

/** EC2 may divide even a short answer, and give empty pages. */
const mostPages = 20;

/** Where instances are reached, from EC2. Needs `ec2:DescribeInstances`, which knows no narrower resource than all. */
export class Ec2Addresses implements InstanceAddresses {
  readonly #client: Pick<EC2Client, 'send'>;

  constructor(client: Pick<EC2Client, 'send'>) {
    this.#client = client;
  }

  async privateAddresses(instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const addresses = new Map<string, string>();
    if (instanceIds.length === 0) return addresses;
    let NextToken: string | undefined;
    for (let page = 0; page < mostPages; page++) {
      const answer = await passFailure(
        () =>
          this.#client.send(
            new DescribeInstancesCommand({
              // Not InstanceIds: one that is gone would fail the call for all.
              Filters: [{ Name: 'instance-id', Values: [...instanceIds] }],
              ...(NextToken === undefined ? {} : { NextToken }),
            }),
          ),
        {
          action: 'look up the addresses of instances',
          advice: "Check the role's right to ec2:DescribeInstances.",
          kinds: { unavailable: ClusterUnavailableError, refused: ClusterRefusedError },
        },
      );
      for (const { InstanceId, PrivateIpAddress } of (answer.Reservations ?? []).flatMap(
        ({ Instances }) => Instances ?? [],
      )) {
        if (InstanceId !== undefined && PrivateIpAddress) addresses.set(InstanceId, PrivateIpAddress);
      }
      NextToken = answer.NextToken;
      if (NextToken === undefined || NextToken === '') return addresses;
    }
    throw new ClusterUnavailableError(
      `Could not look up the addresses of instances: EC2's answer had no end after ${mostPages} pages. Try again in a moment.`,
    );
  }
}
