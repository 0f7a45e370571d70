import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  deliveryStatement,
  routerName,
  taskDefinitionSnippet,
} from '../../../src/logs/delivery/task-definition-snippet.ts';

const settings = { bucket: 'shop-logs', region: 'eu-central-1' };
const task = { family: 'shop-web', containers: ['app', 'side-car'] };

test('starts the router before the containers, which stops it after them', () => {
  const { containerDefinitions } = taskDefinitionSnippet(task, settings);
  expect(containerDefinitions.map(({ name }) => name)).toEqual(['app', 'side-car', routerName]);
  for (const container of containerDefinitions.slice(0, 2))
    expect(container).toMatchObject({
      dependsOn: [{ containerName: routerName, condition: 'START' }],
      logConfiguration: { logDriver: 'awsfirelens', options: { Name: 's3' } },
    });
  expect(containerDefinitions.at(-1)).not.toHaveProperty('dependsOn');
  expect(containerDefinitions.at(-1)).toMatchObject({ essential: true, stopTimeout: 120 });
});

test('gives the router a volume to write to, where its outputs keep their files', () => {
  const { containerDefinitions, volumes } = taskDefinitionSnippet(task, settings);
  const router = containerDefinitions.at(-1);
  expect(router).toMatchObject({
    readonlyRootFilesystem: true,
    mountPoints: [{ sourceVolume: volumes[0]?.name, containerPath: '/var/lib/log-buffer' }],
  });
  expect(containerDefinitions[1]).toMatchObject({
    logConfiguration: { options: { store_dir: '/var/lib/log-buffer/side-car' } },
  });
});

test('lets the task write its own logs, and nothing else', () => {
  expect(deliveryStatement('shop-web', settings)).toEqual({
    Effect: 'Allow',
    Action: 's3:PutObject',
    Resource: 'arn:aws:s3:::shop-logs/logs/shop-web/*',
  });
  expect(() => deliveryStatement('*', settings)).toThrow('family "*" is no name in ECS');
});

test.each([
  [['app', 'app-firelens2'], 'container "app-firelens2" would be sent as "app", too'],
  [['app', 'app'], 'container "app" is there twice'],
  [[routerName], `container "${routerName}" is there twice`],
  [['a b'], 'container "a b" is no name in ECS'],
])('refuses the containers %j', (containers, message) => {
  expect(() => taskDefinitionSnippet({ family: 'shop', containers }, settings)).toThrow(message);
});

test('examples/logs/task-definition.json is what it makes', async () => {
  const { containerDefinitions, ...rest } = taskDefinitionSnippet(task, settings);
  const whole = {
    ...rest,
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '512',
    memory: '1024',
    taskRoleArn: 'arn:aws:iam::123456789012:role/shop-web',
    executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
    containerDefinitions: containerDefinitions.map((container) =>
      container.name === routerName
        ? container
        : { image: `shop/${container.name}:1`, essential: container.name === 'app', ...container },
    ),
  };
  const example = new URL('../../../examples/logs/task-definition.json', import.meta.url);
  expect(JSON.parse(await readFile(example, 'utf8'))).toEqual(whole);
});
