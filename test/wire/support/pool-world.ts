import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DeleteAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RequestSpotFleetCommand,
} from '@aws-sdk/client-ec2';
import { AutoScalingGroups } from '../../../src/platform/aws/auto-scaling-groups.ts';
import { awsClientOptions } from '../../../src/platform/aws/aws-client-options.ts';
import { AwsInstancePools } from '../../../src/platform/aws/aws-instance-pools.ts';
import { Ec2Fleets } from '../../../src/platform/aws/ec2-fleets.ts';
import { SpotFleets } from '../../../src/platform/aws/spot-fleets.ts';
import type { PoolKind, PoolReference } from '../../../src/platform/ports/instance-pools.ts';
import { testAccount, testClientOptions, testRegion } from '../aws-clients.ts';
import { freePace } from './free-pace.ts';

export interface PoolSetup {
  readonly instances: number;
  readonly weight?: number;
}

const instanceType = 'm5.large';
let image: Promise<string> | undefined;
/** Beyond what it begins with. */
const roomFor = 10;

/** Pools of each kind, made as a customer of AWS makes them. */
export class PoolWorld {
  readonly ec2: EC2Client;
  readonly scaling: AutoScalingClient;
  readonly pools: AwsInstancePools;
  readonly #groups: string[] = [];
  /** What a customer does may take moto long, the first time. */
  readonly #patient: EC2Client;

  constructor(url: string) {
    const options = { ...testClientOptions(url), ...awsClientOptions({ attempts: 1 }) };
    this.ec2 = new EC2Client(options);
    this.#patient = new EC2Client({ ...options, ...awsClientOptions({ requestSeconds: 50 }) });
    this.scaling = new AutoScalingClient(options);
    this.pools = new AwsInstancePools(
      {
        groups: new AutoScalingGroups(this.scaling, freePace),
        spotFleets: new SpotFleets(this.ec2, freePace),
        fleets: new Ec2Fleets(this.ec2, freePace),
      },
      this.ec2,
    );
  }

  async close(): Promise<void> {
    for (const name of this.#groups)
      await this.scaling.send(
        new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }),
      );
    for (const client of [this.ec2, this.#patient, this.scaling]) client.destroy();
  }

  openPool(kind: PoolKind, { instances, weight = 1 }: PoolSetup): Promise<PoolReference> {
    const open = {
      autoScalingGroup: () => this.#openGroup(instances, weight),
      spotFleet: () => this.#openSpotFleet(instances, weight),
      ec2Fleet: () => this.#openFleet(instances, weight),
    };
    return open[kind]();
  }

  missingId(kind: PoolKind): string {
    const ids = {
      autoScalingGroup: 'no-such-group',
      spotFleet: 'sfr-00000000-0000-4000-8000-000000000000',
      ec2Fleet: 'fleet-00000000-0000-4000-8000-000000000000',
    };
    return ids[kind];
  }

  /** What EC2 says of an instance: `running`, `terminated`. */
  async stateOf(instanceId: string): Promise<string> {
    const { Reservations } = await this.ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name ?? 'none';
  }

  async #openGroup(instances: number, weight: number): Promise<PoolReference> {
    const LaunchTemplateSpecification = { LaunchTemplateId: await this.#template(), Version: '$Latest' };
    const id = `group-${crypto.randomUUID()}`;
    await this.scaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: id,
        ...(weight === 1
          ? { LaunchTemplate: LaunchTemplateSpecification }
          : {
              MixedInstancesPolicy: {
                LaunchTemplate: {
                  LaunchTemplateSpecification,
                  Overrides: [{ InstanceType: instanceType, WeightedCapacity: String(weight) }],
                },
              },
            }),
        MinSize: 0,
        MaxSize: (instances + roomFor) * weight,
        DesiredCapacity: instances * weight,
        AvailabilityZones: [`${testRegion}a`],
      }),
    );
    this.#groups.push(id);
    return { kind: 'autoScalingGroup', id };
  }

  async #openFleet(instances: number, weight: number): Promise<PoolReference> {
    const LaunchTemplateId = await this.#template();
    const override = { InstanceType: instanceType, WeightedCapacity: weight, ImageId: await this.#image() };
    const { FleetId: id = '' } = await this.#patient.send(
      new CreateFleetCommand({
        Type: 'maintain',
        TargetCapacitySpecification: {
          TotalTargetCapacity: instances * weight,
          DefaultTargetCapacityType: 'on-demand',
        },
        LaunchTemplateConfigs: [
          {
            LaunchTemplateSpecification: { LaunchTemplateId, Version: '$Latest' },
            Overrides: [{ ...override, InstanceType: instanceType }],
          },
        ],
      }),
    );
    return { kind: 'ec2Fleet', id };
  }

  async #openSpotFleet(instances: number, weight: number): Promise<PoolReference> {
    const { SpotFleetRequestId: id = '' } = await this.#patient.send(
      new RequestSpotFleetCommand({
        SpotFleetRequestConfig: {
          IamFleetRole: `arn:aws:iam::${testAccount}:role/fleet`,
          AllocationStrategy: 'lowestPrice',
          TargetCapacity: instances * weight,
          LaunchSpecifications: [
            { ImageId: await this.#image(), InstanceType: instanceType, WeightedCapacity: weight },
          ],
        },
      }),
    );
    return { kind: 'spotFleet', id };
  }

  /** moto takes a second to list its images, which are always the same. */
  #image(): Promise<string> {
    image ??= this.#patient
      .send(new DescribeImagesCommand({ Owners: ['amazon'] }))
      .then(({ Images }) => Images?.[0]?.ImageId ?? '')
      .catch((error: unknown) => {
        image = undefined;
        throw error;
      });
    return image;
  }

  async #template(): Promise<string> {
    const { LaunchTemplate } = await this.#patient.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: `template-${crypto.randomUUID()}`,
        LaunchTemplateData: { ImageId: await this.#image(), InstanceType: instanceType },
      }),
    );
    return LaunchTemplate?.LaunchTemplateId ?? '';
  }
}
