import { randomBytes } from 'node:crypto';
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeImagesCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  StartTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { awsClientOptions } from '../../../src/platform/aws/aws-client-options.ts';
import type { InstanceUnderTest } from '../../contract/container-cluster.contract.ts';
import { testAccount, testClientOptions, testRegion } from '../aws-clients.ts';
import { keepTasks } from '../ecs-account.ts';

/** Of every group that is opened here. */
export const delaySeconds = 2;

const once = (url: string) => ({ ...testClientOptions(url), ...awsClientOptions({ attempts: 1 }) });

/** An account with a network, instances of EC2 and target groups, made as a customer of AWS makes them. */
export class DrainedWorld {
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly #scaling: AutoScalingClient;
  readonly #ec2: EC2Client;
  #names = 0;

  constructor(url: string) {
    this.ecs = new ECSClient(once(url));
    this.elb = new ElasticLoadBalancingV2Client(once(url));
    this.#ec2 = new EC2Client(testClientOptions(url));
    this.#scaling = new AutoScalingClient(once(url));
  }

  close(): void {
    for (const client of [this.ecs, this.elb, this.#ec2, this.#scaling]) client.destroy();
  }

  name(of: string): string {
    return `${of}-${randomBytes(3).toString('hex')}-${this.#names++}`;
  }

  async openCluster(motoUrl: string): Promise<string> {
    await keepTasks(motoUrl);
    const clusterName = this.name('web');
    await this.ecs.send(new CreateClusterCommand({ clusterName }));
    return clusterName;
  }

  async runInstances(count: number): Promise<readonly string[]> {
    const { Images } = await this.#ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
    const { Instances } = await this.#ec2.send(
      new RunInstancesCommand({ ImageId: Images?.[0]?.ImageId, MinCount: count, MaxCount: count }),
    );
    return (Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []);
  }

  /** An Auto Scaling group without instances, with a hook for those that it terminates. */
  async openHook(group: string, hook: string): Promise<void> {
    const launch = { LaunchConfigurationName: this.name(group) };
    const { Images } = await this.#ec2.send(new DescribeImagesCommand({ Owners: ['amazon'] }));
    const ImageId = Images?.[0]?.ImageId;
    await this.#scaling.send(
      new CreateLaunchConfigurationCommand({ ...launch, ImageId, InstanceType: 't3.small' }),
    );
    await this.#scaling.send(
      new CreateAutoScalingGroupCommand({
        ...launch,
        AutoScalingGroupName: group,
        MinSize: 0,
        MaxSize: 0,
        AvailabilityZones: [`${testRegion}a`],
      }),
    );
    await this.#scaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: group,
        LifecycleHookName: hook,
        LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
        HeartbeatTimeout: 300,
      }),
    );
  }

  async register(cluster: string, instanceId: string): Promise<InstanceUnderTest> {
    const { containerInstance } = await this.ecs.send(
      new RegisterContainerInstanceCommand({
        cluster,
        instanceIdentityDocument: JSON.stringify({ instanceId }),
      }),
    );
    return { containerInstanceArn: containerInstance?.containerInstanceArn ?? '', instanceId };
  }

  /** In a bridge network, with a port of the host's that the agent chooses. */
  async define(family: string, stopTimeout = 2): Promise<string> {
    const { taskDefinition } = await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family,
        networkMode: 'bridge',
        containerDefinitions: [
          {
            name: 'app',
            image: 'app',
            essential: true,
            memory: 16,
            stopTimeout,
            portMappings: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
          },
        ],
      }),
    );
    return taskDefinition?.taskDefinitionArn ?? '';
  }

  async startTask(
    cluster: string,
    taskDefinition: string,
    instance: InstanceUnderTest,
    options: {
      readonly group?: string;
      readonly tags?: Readonly<Record<string, string>>;
      readonly startedBy?: string;
    } = {},
  ): Promise<string> {
    const tags = Object.entries(options.tags ?? {}).map(([key, value]) => ({ key, value }));
    const { tasks } = await this.ecs.send(
      new StartTaskCommand({
        cluster,
        taskDefinition,
        containerInstances: [instance.containerInstanceArn],
        group: options.group,
        startedBy: options.startedBy,
        tags,
      }),
    );
    return tasks?.[0]?.taskArn ?? '';
  }

  async createService(
    cluster: string,
    service: {
      readonly serviceName: string;
      readonly desiredCount: number;
      readonly taskDefinition: string;
      readonly targetGroupArn?: string;
      readonly minimumHealthyPercent?: number;
      readonly maximumPercent?: number;
    },
  ): Promise<void> {
    const { targetGroupArn, minimumHealthyPercent, maximumPercent, ...named } = service;
    await this.ecs.send(
      new CreateServiceCommand({
        ...named,
        cluster,
        deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
        ...(targetGroupArn === undefined
          ? {}
          : { loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 80 }] }),
      }),
    );
  }

  /** A target group behind a listener. */
  async openGroup(): Promise<string> {
    const { Vpc } = await this.#ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const subnet = async (zone: string, CidrBlock: string): Promise<string> => {
      const { Subnet } = await this.#ec2.send(
        new CreateSubnetCommand({
          VpcId: Vpc?.VpcId,
          CidrBlock,
          AvailabilityZone: `${testRegion}${zone}`,
        }),
      );
      return Subnet?.SubnetId ?? '';
    };
    const { TargetGroups } = await this.elb.send(
      new CreateTargetGroupCommand({
        Name: this.name('group'),
        Protocol: 'HTTP',
        Port: 80,
        VpcId: Vpc?.VpcId,
        TargetType: 'instance',
      }),
    );
    const group = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: String(delaySeconds) }];
    await this.elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: group, Attributes }));
    const { LoadBalancers } = await this.elb.send(
      new CreateLoadBalancerCommand({
        Name: this.name('balancer'),
        Subnets: [await subnet('a', '10.0.0.0/20'), await subnet('b', '10.0.16.0/20')],
      }),
    );
    await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: 'HTTP',
        Port: 80,
        DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
      }),
    );
    return group;
  }
}

/** Well-formed, and of nothing. */
export const missingGroup = `arn:aws:elasticloadbalancing:${testRegion}:${testAccount}:targetgroup/nobody/0123456789abcdef`;
