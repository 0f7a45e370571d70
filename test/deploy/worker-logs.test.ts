import { describe, expect, it } from 'vitest';
import { bufferFolder } from '../../src/logs/delivery/delivery-settings.ts';
import { taskDefinitionSnippet } from '../../src/logs/delivery/task-definition-snippet.ts';
import { logsPrefix } from '../../src/logs/layout/container-name.ts';
import { type Deployed, deployedWith, statementsOf } from './deployed-template.ts';
import { at } from './packaged-template.ts';

const inS3 = deployedWith({});
const inCloudWatch = deployedWith({ WorkerLogDelivery: 'cloudwatch' });
const worker = { family: 'stormdrain-dev-worker', container: 'worker' };

const containersOf = (deployed: Deployed): readonly unknown[] =>
  deployed.of('WorkerTaskDefinition', 'ContainerDefinitions') as readonly unknown[];
const namesOf = (deployed: Deployed): readonly unknown[] =>
  containersOf(deployed).map((container) => at(container, 'Name'));
const mayPut = (deployed: Deployed): readonly unknown[] =>
  statementsOf(deployed, 'WorkerTaskRole')
    .filter((each) => JSON.stringify(at(each, 'Action')).includes('s3:PutObject'))
    .flatMap((each) => at(each, 'Resource'));

describe('a worker whose logs go into the bucket', () => {
  const [container, router] = containersOf(inS3);
  const bucket = String(inS3.of('RunBucketPolicy', 'Bucket'));
  const { family } = worker;
  const tried = taskDefinitionSnippet({ family, containers: ['worker'] }, { bucket, region: 'eu-central-1' });
  const [triedWorker, triedRouter] = tried.containerDefinitions;

  it('is the first container of its task, under the name that a launch gives its environment to', () => {
    expect(namesOf(inS3)).toEqual(['worker', 'log-router']);
    expect(inS3.of('StartRunLambdaFunction', 'Environment', 'Variables', 'STORMDRAIN_CONTAINER')).toBe(
      'worker',
    );
  });

  it('has the options that are tried with the real log router, and a driver that waits for nobody', () => {
    const { 'log-driver-buffer-limit': lines, ...options } = at(
      container,
      'LogConfiguration',
      'Options',
    ) as Readonly<Record<string, string>>;
    expect(options).toEqual(at(triedWorker, 'logConfiguration', 'options'));
    expect(Number(lines)).toBeLessThanOrEqual(65_536);
    expect(inS3.of('WorkerTaskDefinition', 'Family')).toBe(worker.family);
  });

  it('starts after its log router, and so is stopped before it', () => {
    expect(at(container, 'DependsOn')).toEqual([{ ContainerName: 'log-router', Condition: 'START' }]);
    expect(at(router, 'DependsOn')).toBeUndefined();
    expect(at(router, 'StopTimeout')).toBe(120);
  });

  it('has the log router that was tried', () => {
    expect([at(router, 'Name'), at(router, 'Image')]).toEqual([
      at(triedRouter, 'name'),
      at(triedRouter, 'image'),
    ]);
    expect(at(router, 'FirelensConfiguration', 'Options')).toEqual(
      at(triedRouter, 'firelensConfiguration', 'options'),
    );
    expect(at(router, 'MemoryReservation')).toBe(at(triedRouter, 'memoryReservation'));
    expect(at(router, 'User')).toBe(at(triedRouter, 'user'));
  });

  it('has a log router that can write where its buffer is, and nowhere else', () => {
    const mounts = at(router, 'MountPoints') as readonly unknown[];
    expect(mounts).toEqual([{ SourceVolume: 'log-buffer', ContainerPath: bufferFolder, ReadOnly: false }]);
    expect(JSON.stringify(at(container, 'MountPoints'))).not.toContain('log-buffer');
    expect(inS3.of('WorkerTaskDefinition', 'Volumes')).toContainEqual({ Name: 'log-buffer' });
    expect(at(router, 'ReadonlyRootFilesystem')).toBe(true);
  });

  it('is worth a load test without its logs: the router dies alone, and its own words go to CloudWatch', () => {
    expect(at(router, 'Essential')).toBe(false);
    expect(at(container, 'Essential')).toBe(true);
    expect(at(router, 'LogConfiguration', 'LogDriver')).toBe('awslogs');
  });

  it('has all processors but a hundredth while they are short, in a task of any size', () => {
    const shares = [container, router].map((each) => Number(at(each, 'Cpu')));
    expect((shares[1] ?? 0) / (shares[0] ?? 1)).toBeLessThanOrEqual(0.01);
    // The smallest task has 1,024.
    expect((shares[0] ?? 0) + (shares[1] ?? 0)).toBeLessThanOrEqual(1024);
    // Of 2 GiB at least.
    expect(Number(at(router, 'MemoryReservation'))).toBeLessThanOrEqual(128);
    expect(at(container, 'Memory')).toBeUndefined();
  });

  it('may write logs of its own family, and of no other', () => {
    expect(mayPut(inS3)).toContain(`arn:aws:s3:::${bucket}/${logsPrefix(worker).replace(/worker\/$/, '*')}`);
    expect(mayPut(inS3).filter((arn) => String(arn).includes('/logs/'))).toHaveLength(1);
  });
});

describe('a worker whose logs go to CloudWatch', () => {
  it('has no log router, no buffer and no right to write logs', () => {
    expect(namesOf(inCloudWatch)).toEqual(['worker']);
    const [container] = containersOf(inCloudWatch);
    expect(at(container, 'LogConfiguration', 'LogDriver')).toBe('awslogs');
    expect([at(container, 'DependsOn'), at(container, 'Cpu')]).toEqual([undefined, undefined]);
    expect(inCloudWatch.of('WorkerTaskDefinition', 'Volumes')).toEqual([{ Name: 'tmp' }]);
    expect(JSON.stringify(mayPut(inCloudWatch))).not.toContain('/logs/');
  });
});

describe("the log router's image", () => {
  const pulled = (deployed: Deployed): string =>
    JSON.stringify(
      statementsOf(deployed, 'WorkerExecutionRole').filter((each) =>
        JSON.stringify(at(each, 'Action')).includes('ecr:BatchGetImage'),
      ),
    );

  it('is pinned and public, and needs no right to be pulled', () => {
    expect(at(containersOf(inS3)[1], 'Image')).toMatch(
      /^public\.ecr\.aws\/aws-observability\/aws-for-fluent-bit:\d+\.\d+\.\d+$/,
    );
    expect(pulled(inS3)).toContain('repository/rehearsal-workerrepository"');
    expect(pulled(inS3)).not.toContain('repository/*');
  });

  it('may be a copy in a repository of the account', () => {
    const image = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/fluent-bit:1';
    const copied = deployedWith({ LogRouterImage: image });
    expect(at(containersOf(copied)[1], 'Image')).toBe(image);
    expect(pulled(copied)).toContain(':111122223333:repository/*');
  });
});
