import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { routes } from '../../src/api/routes.ts';
import {
  demandEnvironment,
  drainEnvironment,
  logsApiEnvironment,
  logsEnvironment,
  readApiEnvironment,
  runEnvironment,
  scalingApiEnvironment,
  scalingEnvironment,
  submitApiEnvironment,
  workerEnvironment,
  workflowEnvironment,
} from '../../src/platform/aws/environment.ts';
import { pythonEnvironment } from '../wire/python-environment.ts';
import { deployedWith } from './deployed-template.ts';
import { environmentOf, told } from './function-environment.ts';
import { at, packagedTemplate, referred, resourcesOf } from './packaged-template.ts';

const template = packagedTemplate();
const functionsOf = (file: string): readonly string[] =>
  Object.keys(parse(readFileSync(`deploy/${file}.yml`, 'utf8'), { logLevel: 'silent' }) as object).map(
    (key) => `${key.charAt(0).toUpperCase()}${key.slice(1)}LambdaFunction`,
  );
const drainFunctions = functionsOf('drain-functions');
const scalingFunctions = functionsOf('scaling-functions');
const tickingFunctions = scalingFunctions.filter((name) => !name.startsWith('ScalingApi'));

const logsFunctions = functionsOf('logs-functions');

const schemasOf = (name: string) => {
  if (name.startsWith('LogsApi')) return [logsApiEnvironment];
  if (logsFunctions.includes(name)) return [logsEnvironment];
  if (drainFunctions.includes(name)) return [drainEnvironment];
  if (tickingFunctions.includes(name)) return [scalingEnvironment, demandEnvironment];
  if (name.startsWith('ScalingApi')) return [scalingApiEnvironment];
  if (name.startsWith('ReadApi')) return [readApiEnvironment];
  return name.startsWith('SubmitApi') ? [submitApiEnvironment] : [runEnvironment, workflowEnvironment];
};

describe('the packaged template', () => {
  it('gives cfn-lint nothing to complain of', async () => {
    const bin = await pythonEnvironment('cfn-lint', 'test/deploy/requirements.txt');
    // W3005: osls writes the dependencies that references imply anyway.
    const args = ['-r', 'us-east-1', 'eu-central-1', '-i', 'W3005', '-t'];
    for (const name of ['create', 'update']) {
      const file = `.serverless/cloudformation-template-${name}-stack.json`;
      const linted = await promisify(execFile)(join(bin, 'cfn-lint'), [...args, file]).catch(
        (error) => error,
      );
      expect(linted.stdout).toBe('');
    }
  });

  it('has the outputs that the command line reads', () => {
    const wanted = ['ApiUrl', 'BucketName', 'StateMachineArn', 'ClusterArn', 'WorkerRepositoryUri'];
    expect(Object.keys(template.Outputs)).toEqual(expect.arrayContaining(wanted));
  });

  it('names nothing of an account, a region or a partition', () => {
    expect(JSON.stringify(template)).not.toMatch(/arn:aws:|:\d{12}:|us-east-1/);
  });

  it('has room for twenty clusters and their pools in the policies of each role', () => {
    const many = (count: number, name: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => name(10 + index)).join(',');
    const clusters = many(20, (index) => `production-web-frontend-${index}`);
    const deployed = deployedWith({
      DrainClusters: clusters,
      DrainSubnetIds: 'subnet-0a1b2c3d',
      DrainSecurityGroupIds: 'sg-0a1b2c3d',
      ScalingClusters: clusters,
      ScalingGroups: many(20, (index) => `production-web-frontend-spot-${index}`),
      ScalingSpotFleets: many(10, (index) => `sfr-73fbd2ce-aa30-494c-8788-1cee4e3ab7${index}`),
      ScalingFleets: many(10, (index) => `fleet-12a34b55-67cd-8ef9-ba9b-9208dab1c2${index}`),
      ScalingPrometheusUrl: 'http://prometheus.internal:9090',
    });
    for (const [name] of resourcesOf(template, 'AWS::IAM::Role')) {
      const policies = deployed.of(name, 'Policies') as readonly unknown[];
      const documents = policies.map((policy) => at(policy, 'PolicyDocument'));
      expect(JSON.stringify(documents).length, name).toBeLessThan(10_240);
    }
  });

  it('tells each function what it reads', () => {
    for (const [name] of resourcesOf(template, 'AWS::Lambda::Function')) {
      const environment = environmentOf(template, name);
      const schemas = schemasOf(name);
      const numbers = schemas
        .flatMap((schema) => Object.values<unknown>(schema.parse(environment)))
        .filter((value) => typeof value === 'number');
      expect(numbers.every(Number.isFinite), name).toBe(true);
    }
  });

  it.each([
    // Instances that aren't needed leave by being drained; whoever applies a policy is warned when they can't be.
    ['drains', 'STORMDRAIN_DRAIN_CLUSTERS', [...drainFunctions, ...scalingFunctions]],
    ['balancers', 'STORMDRAIN_HAPROXY', drainFunctions],
    ['scaling', 'STORMDRAIN_SCALING_CLUSTERS', scalingFunctions],
    ['logs', 'STORMDRAIN_LOGS_DATABASE', logsFunctions],
  ])('tells of %s those functions only that have to do with it', (_, variable, functions) => {
    const told = resourcesOf(template, 'AWS::Lambda::Function')
      .filter(([, lambda]) => at(lambda, 'Environment', 'Variables', variable) !== undefined)
      .map(([name]) => name);
    expect(told.sort()).toEqual([...functions].sort());
  });

  it('tells each worker what it reads, apart from what its launch adds', () => {
    const [container] = resourcesOf(template, 'AWS::ECS::TaskDefinition').flatMap(
      ([, { ContainerDefinitions }]) =>
        ContainerDefinitions as readonly { Environment: readonly unknown[] }[],
    );
    const fromTemplate = (container?.Environment ?? []).map((entry) => [
      at(entry, 'Name'),
      told(template, at(entry, 'Value')),
    ]);
    const fromLaunch = { STORMDRAIN_RUN_ID: 'r', STORMDRAIN_PLACES: 'p', ECS_CONTAINER_METADATA_URI_V4: 'm' };
    expect(workerEnvironment.safeParse({ ...Object.fromEntries(fromTemplate), ...fromLaunch }).success).toBe(
      true,
    );
  });

  it('has a route for each of the API, to the function that serves it', () => {
    const target = (route: unknown): string =>
      (/Integration(\w+)Api/.exec(JSON.stringify(route))?.[1] ?? '').toLowerCase();
    const packaged = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(
      ([, route]) => `${route.RouteKey} ${target(route.Target)}`,
    );
    const table = routes.map((route) => `${route.method} ${route.path} ${route.function}`);
    expect(packaged.sort()).toEqual(table.sort());
  });
});

/** Of a definition, and of what its maps carry out. */
const statesOf = (definition: unknown): readonly unknown[] =>
  Object.values((at(definition, 'States') ?? {}) as Record<string, unknown>).flatMap((state) => [
    state,
    ...statesOf(at(state, 'ItemProcessor')),
    ...statesOf(at(state, 'Iterator')),
  ]);

describe.each([
  ['LoadTestRun', 'load-test-run'],
  ['DrainCluster', 'drain-cluster'],
  ['DrainInstance', 'drain-instance'],
  ['FastTick', 'fast-tick'],
  ['UpdatePartitions', 'update-partitions'],
  ['LogCompaction', 'compact-logs'],
])('the packaged state machine %s', (logicalId, file) => {
  const asl = readFileSync(`statemachines/${file}.asl.yml`, 'utf8');
  const machine = template.Resources[logicalId]?.Properties ?? {};

  it('has a function for each placeholder, and may invoke exactly those', () => {
    const placeholders = [...new Set([...asl.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))].sort();
    const substitutions = machine.DefinitionSubstitutions as Record<string, unknown>;
    expect(Object.keys(substitutions).sort()).toEqual(placeholders);
    const ofFunctions = placeholders.filter((name) => name.endsWith('FunctionArn'));
    const functions = ofFunctions.map((name) => referred(substitutions[name])).sort();
    expect(functions).toEqual(ofFunctions.map((name) => name.replace('FunctionArn', 'LambdaFunction')));
    const invoke = at(template.Resources, `${logicalId}Role`, 'Properties', 'Policies') as readonly unknown[];
    const [statement] = at(invoke[0], 'PolicyDocument', 'Statement') as readonly {
      Resource: readonly unknown[];
    }[];
    expect(statement?.Resource.map(referred).sort()).toEqual(functions);
  });

  it('is the one that is carried out locally', () => {
    expect(machine.Definition).toEqual(parse(asl));
  });

  it('times a state out right before its function is: what the state tries again is not still under way', () => {
    for (const state of statesOf(machine.Definition)) {
      if (at(state, 'Type') !== 'Task') continue;
      const name = /\$\{(\w+)FunctionArn\}/.exec(String(at(state, 'Resource')))?.[1];
      if (name === undefined) {
        expect(at(state, 'TimeoutSeconds'), String(at(state, 'Resource'))).toBeGreaterThan(0);
        continue;
      }
      const timeout = at(template.Resources, `${name}LambdaFunction`, 'Properties', 'Timeout');
      expect(Number(timeout), name).toBe(Number(at(state, 'TimeoutSeconds')) + 5);
    }
  });
});

describe('docs/deploy.md', () => {
  it('has every parameter in its table, with its default', () => {
    const section = /## Parameters\n([\s\S]*?)\n## /.exec(readFileSync('docs/deploy.md', 'utf8'))?.[1] ?? '';
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (.*?) +\|/gm)];
    const documented = Object.fromEntries(rows.map(([, name, shown]) => [name, shown?.replaceAll('`', '')]));
    const declared = Object.entries(template.Parameters).map(([name, parameter]) => [
      name,
      parameter.Default === '' ? '(empty)' : String(parameter.Default),
    ]);
    expect(documented).toEqual(Object.fromEntries(declared));
  });
});
