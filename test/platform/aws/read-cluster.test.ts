import type { Service, TaskDefinition } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { parseInstance } from '../../../src/platform/aws/read-cluster.ts';
import { parseTaskDefinition } from '../../../src/platform/aws/read-definition.ts';
import { parseService } from '../../../src/platform/aws/read-service.ts';
import { parseTask } from '../../../src/platform/aws/read-task.ts';

const integer = (name: string, integerValue: number) => ({ name, type: 'INTEGER', integerValue });
const set = (name: string, ...stringSetValue: readonly string[]) => ({
  name,
  type: 'STRINGSET',
  stringSetValue: [...stringSetValue],
});

describe('an instance, as ECS describes it', () => {
  const instance = {
    containerInstanceArn: 'arn',
    ec2InstanceId: 'i-1',
    registeredAt: new Date(5_000),
    registeredResources: [
      integer('CPU', 2048),
      integer('MEMORY', 7680),
      set('PORTS', '22', '2376'),
      set('PORTS_UDP'),
      set('GPU', 'GPU-a', 'GPU-b'),
    ],
    remainingResources: [
      integer('CPU', 1024),
      integer('MEMORY', 512),
      set('PORTS', '22', '2376', '8080'),
      set('PORTS_UDP', '53'),
      set('GPU', 'GPU-b'),
    ],
    attributes: [{ name: 'ecs.instance-type', value: 'g5.xlarge' }, { name: 'ecs.capability.gpu' }],
  };

  it('says what it offers, and what is left of that, with the ports that are in use', () => {
    expect(parseInstance(instance)).toMatchObject([
      {
        registeredAtMillis: 5_000,
        instanceType: 'g5.xlarge',
        registered: { cpu: 2048, memoryMib: 7680, gpus: 2, tcpPorts: [22, 2376], udpPorts: [] },
        remaining: { cpu: 1024, memoryMib: 512, gpus: 1, tcpPorts: [22, 2376, 8080], udpPorts: [53] },
        attributes: { 'ecs.instance-type': 'g5.xlarge', 'ecs.capability.gpu': '' },
        taskEnis: 0,
      },
    ]);
  });

  it('counts the network interfaces of tasks, not its trunk, and none that is gone', () => {
    const attachments = [
      { type: 'ElasticNetworkInterface', status: 'ATTACHED' },
      { type: 'eni', status: 'PRECREATED' },
      { type: 'ElasticNetworkInterface', status: 'DELETED' },
      { type: 'TrunkNetworkInterface', status: 'ATTACHED' },
    ];
    expect(parseInstance({ ...instance, attachments })).toMatchObject([{ taskEnis: 2 }]);
  });

  it('offers nothing where it does not say', () => {
    const room = { cpu: 0, memoryMib: 0, gpus: 0, tcpPorts: [], udpPorts: [] };
    expect(parseInstance({ containerInstanceArn: 'arn', ec2InstanceId: 'i-1' })).toMatchObject([
      { registered: room, remaining: room, instanceType: '', attributes: {}, registeredAtMillis: 0 },
    ]);
  });
});

const service = (over: Service): Service => ({
  serviceName: 'web',
  serviceArn: 'arn',
  status: 'ACTIVE',
  taskDefinition: 'web:2',
  ...over,
});
const read = (over: Service) => {
  const [found] = parseService(service(over));
  if (found === undefined) throw new Error('it is a service');
  return found;
};
const deployment = (status: string, rolloutState?: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS') => ({
  status,
  ...(rolloutState === undefined ? {} : { rolloutState }),
});

describe('a service, as ECS describes it', () => {
  it.each([
    ['one that is steady', [deployment('PRIMARY', 'COMPLETED')], false],
    ['one without a state, behind a Classic Load Balancer', [deployment('PRIMARY')], false],
    ['one that is not steady yet', [deployment('PRIMARY', 'IN_PROGRESS')], true],
    ['one that failed and was all there is', [deployment('PRIMARY', 'FAILED')], false],
    ['two', [deployment('PRIMARY', 'COMPLETED'), deployment('ACTIVE', 'COMPLETED')], true],
    ['none', [], false],
  ])('is deploying by its deployments: %s', (_, deployments, expected) => {
    expect(read({ deployments }).isDeploying).toBe(expected);
  });

  it.each(['CODE_DEPLOY', 'EXTERNAL'] as const)('is deploying by its task sets when %s deploys', (type) => {
    const deploymentController = { type };
    const deployments = [deployment('PRIMARY', 'IN_PROGRESS')];
    const one = { status: 'PRIMARY', stabilityStatus: 'STABILIZING' as const };
    const other = { status: 'ACTIVE' };
    expect(read({ deploymentController, deployments, taskSets: [one] }).isDeploying).toBe(false);
    expect(read({ deploymentController, taskSets: [one, other] }).isDeploying).toBe(true);
  });

  it('has the definition of its own, or of what is deployed', () => {
    const { taskDefinition: _, ...bare } = service({});
    expect(read({}).taskDefinitionArn).toBe('web:2');
    expect(
      parseService({
        ...bare,
        taskSets: [
          { status: 'ACTIVE', taskDefinition: 'web:4' },
          { status: 'PRIMARY', taskDefinition: 'web:3' },
        ],
      }),
    ).toMatchObject([{ taskDefinitionArn: 'web:3' }]);
    expect(
      parseService({ ...bare, deployments: [{ status: 'PRIMARY', taskDefinition: 'web:5' }] }),
    ).toMatchObject([{ taskDefinitionArn: 'web:5' }]);
  });

  it('says where its tasks may be', () => {
    const placementConstraints = [
      { type: 'distinctInstance' as const },
      { type: 'memberOf' as const, expression: 'attribute:zone == a' },
    ];
    expect(read({ placementConstraints })).toMatchObject({
      isDistinct: true,
      constraints: ['attribute:zone == a'],
    });
    expect(read({})).toMatchObject({ isDistinct: false, constraints: [] });
  });
});

const definition = (over: TaskDefinition) =>
  parseTaskDefinition({ taskDefinitionArn: 'web:2', family: 'web', ...over });

describe('a task definition', () => {
  it('reserves what the task says, else what its containers say: of memory the soft limit', () => {
    const containerDefinitions = [
      { cpu: 100, memory: 300, memoryReservation: 128 },
      { cpu: 28, memory: 72 },
      {},
    ];
    expect(definition({ containerDefinitions })).toMatchObject({ cpu: 128, memoryMib: 200 });
    expect(definition({ containerDefinitions, cpu: '512', memory: '1024' })).toMatchObject({
      cpu: 512,
      memoryMib: 1024,
    });
  });

  it('adds up the graphics processors of its containers', () => {
    const gpu = { type: 'GPU' as const, value: '2' };
    const other = { type: 'InferenceAccelerator' as const, value: 'eia' };
    const containerDefinitions = [{ resourceRequirements: [gpu, other] }, { resourceRequirements: [gpu] }];
    expect(definition({ containerDefinitions })).toMatchObject({ gpus: 4 });
  });

  it.each([
    ['bridge', { tcpPorts: [8080], udpPorts: [53] }],
    ['host', { tcpPorts: [80, 81, 9000, 9001, 9002], udpPorts: [53] }],
    ['awsvpc', { tcpPorts: [], udpPorts: [] }],
    ['none', { tcpPorts: [], udpPorts: [] }],
  ] as const)('takes fixed ports of its host on network %s', (networkMode, ports) => {
    const containerDefinitions = [
      {
        portMappings: [
          { containerPort: 80, hostPort: 8080 },
          { containerPort: 81, hostPort: 0 },
        ],
      },
      { portMappings: [{ containerPort: 53, hostPort: 53, protocol: 'udp' as const }] },
      { portMappings: [{ containerPortRange: '9000-9002' }, { containerPort: 80, hostPort: 8080 }] },
    ];
    expect(definition({ networkMode, containerDefinitions })).toMatchObject(ports);
  });

  it('is on a bridge when it does not say', () => {
    const containerDefinitions = [{ portMappings: [{ containerPort: 80, hostPort: 8080 }] }];
    expect(definition({ containerDefinitions })).toMatchObject({ networkMode: 'bridge', tcpPorts: [8080] });
  });

  it('says where its tasks may be', () => {
    const placementConstraints = [{ type: 'memberOf' as const, expression: 'attribute:zone == a' }];
    expect(definition({ placementConstraints })).toMatchObject({ constraints: ['attribute:zone == a'] });
  });
});

describe('a task, as ECS describes it', () => {
  const task = { taskArn: 'task', taskDefinitionArn: 'web:2', group: 'family:web' };

  it('is as large as it was placed with, or as its containers together', () => {
    const containers = [
      { cpu: '100', memory: '300', memoryReservation: '128' },
      { cpu: '28', memory: '72' },
      {},
    ];
    expect(parseTask({ ...task, containers })).toMatchObject([
      { group: 'family:web', service: null, cpu: 128, memoryMib: 200 },
    ]);
    expect(parseTask({ ...task, containers, cpu: '512', memory: '1024' })).toMatchObject([
      { cpu: 512, memoryMib: 1024 },
    ]);
  });
});
