import { randomBytes } from 'node:crypto';
import {
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import { CreateClusterCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { awsClientOptions } from '../../src/platform/aws/aws-client-options.ts';
import type { WorkerTask } from '../../src/platform/aws/group-launcher.ts';
import { testClientOptions } from './aws-clients.ts';

/** moto moves a task to its next state whenever it is described; here it stays as it is until it is stopped. */
export const keepTasks = async (url: string): Promise<void> => {
  const response = await fetch(`${url}/moto-api/state-manager/set-transition`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model_name: 'ecs::task',
      transition: { progression: 'time', seconds: 86_400 },
    }),
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`moto answered ${response.status} to set-transition`);
};

export const ecsClient = (url: string): ECSClient =>
  new ECSClient({ ...testClientOptions(url), ...awsClientOptions({ attempts: 1 }) });

/** A network, a cluster and a task definition as the stack makes them, of their own. */
export const openEcs = async (
  url: string,
): Promise<{ readonly ecs: ECSClient; readonly task: WorkerTask }> => {
  await keepTasks(url);
  const ecs = ecsClient(url);
  const ec2 = new EC2Client(testClientOptions(url));
  const name = `workers-${randomBytes(4).toString('hex')}`;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  // As the stack's own network has it; without, moto fails at a task's network interface.
  await ec2.send(new ModifyVpcAttributeCommand({ VpcId: Vpc?.VpcId, EnableDnsHostnames: { Value: true } }));
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.0.0/20' }));
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({ GroupName: name, Description: name, VpcId: Vpc?.VpcId }),
  );
  const { cluster } = await ecs.send(
    new CreateClusterCommand({ clusterName: name, capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
  );
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '1024',
      memory: '2048',
      // ECS takes a container without `memory` on Fargate; moto fails on it.
      containerDefinitions: [
        { name: 'worker', image: 'stormdrain-worker', essential: true, memory: 2048, stopTimeout: 120 },
      ],
    }),
  );
  ec2.destroy();
  return {
    ecs,
    task: {
      clusterArn: cluster?.clusterArn ?? '',
      taskDefinitionArn: taskDefinition?.taskDefinitionArn ?? '',
      containerName: 'worker',
      subnets: [Subnet?.SubnetId ?? ''],
      securityGroups: [GroupId ?? ''],
      assignPublicIp: 'DISABLED',
    },
  };
};
