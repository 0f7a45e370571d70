import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { namedQueries } from '../../src/logs/asking/named-queries.ts';
import { compactedRoot, containerText, logsRoot } from '../../src/logs/layout/container-name.ts';
import { planTableNames } from '../../src/logs/layout/table-names.ts';
import { matchesPattern } from '../rehearsal/event-pattern.ts';
import { type Deployed, deployedWith, resources } from './deployed-template.ts';
import { at, packagedTemplate, referred, resourcesOf } from './packaged-template.ts';

interface Plugin {
  readonly hooks: Readonly<Record<string, () => void>>;
}
const FinishTemplate: new (serverless: unknown) => Plugin = createRequire(import.meta.url)(
  '../../deploy/finish-template.cjs',
);

const byDefault = deployedWith({});
const bucket = String(byDefault.of('RunBucketPolicy', 'Bucket'));
const told = (name: string, variable: string): string =>
  String(byDefault.of(`${name}LambdaFunction`, 'Environment', 'Variables', variable));
const database = told('LogsApi', 'STORMDRAIN_LOGS_DATABASE');
const questionsGroup = told('LogsApi', 'STORMDRAIN_QUERY_WORK_GROUP');

interface Rule {
  readonly Prefix?: string;
  readonly ExpirationInDays?: number | string;
  readonly Status: string;
}

const lifecycle = (deployed: Deployed): Readonly<Record<string, number>> =>
  Object.fromEntries(
    (deployed.of('RunBucket', 'LifecycleConfiguration', 'Rules') as readonly Rule[])
      .filter(({ Prefix, Status }) => Prefix !== undefined && Status === 'Enabled')
      .map(({ Prefix, ExpirationInDays }) => [Prefix, Number(ExpirationInDays)]),
  );

describe('the bucket', () => {
  it('keeps logs for as long as a table may ask for, and what is no longer of use for days', () => {
    expect(lifecycle(byDefault)).toMatchObject({
      [logsRoot]: 400,
      [compactedRoot]: 400,
      'unreadable/': 30,
      'athena-results/': 7,
      'state/logs/queries/': 7,
    });
    const shorter = lifecycle(deployedWith({ ContainerLogRetentionDays: '30' }));
    expect([shorter[logsRoot], shorter[compactedRoot]]).toEqual([30, 30]);
  });

  it('expires nothing that is kept for ever', () => {
    for (const key of [
      'tables/runs/',
      'tables/run_timeline/',
      'tables/decisions/',
      'state/logs/tables/',
      'config/',
      'runs/index/',
    ])
      expect(Object.keys(lifecycle(byDefault)).filter((prefix) => key.startsWith(prefix))).toEqual([]);
  });
});

describe('a work group', () => {
  const configuration = (name: string, ...path: readonly string[]): unknown =>
    byDefault.of(name, 'WorkGroupConfiguration', ...path);

  it.each([
    ['QuestionsWorkGroup', 'questions'],
    ['CompactionWorkGroup', 'compaction'],
  ])('%s decides where results go and how they are encrypted, whatever a client says', (name, folder) => {
    expect(configuration(name, 'EnforceWorkGroupConfiguration')).toBe(true);
    expect(configuration(name, 'EngineVersion', 'SelectedEngineVersion')).toBe('Athena engine version 3');
    expect(configuration(name, 'ResultConfiguration')).toEqual({
      OutputLocation: `s3://${bucket}/athena-results/${folder}/`,
      EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
      ExpectedBucketOwner: '111122223333',
    });
    expect(byDefault.of(name, 'RecursiveDeleteOption')).toBe(true);
  });

  it('ends a question that reads too much, and no compaction', () => {
    const limited = deployedWith({ QueryScanLimitBytes: '5000000000' });
    expect(limited.of('QuestionsWorkGroup', 'WorkGroupConfiguration', 'BytesScannedCutoffPerQuery')).toBe(
      '5000000000',
    );
    expect(configuration('CompactionWorkGroup', 'BytesScannedCutoffPerQuery')).toBeUndefined();
  });
});

describe('the named queries', () => {
  const worker = { family: 'stormdrain-dev-worker', container: 'worker' };
  const table = planTableNames([worker], new Map()).get(containerText(worker)) ?? '';
  const deployed = Object.keys(resources).filter(
    (name) => resources[name]?.Type === 'AWS::Athena::NamedQuery',
  );

  it("are those of the command line's documentation, about the workers' logs", () => {
    const asked = namedQueries([{ ...worker, table }]);
    expect(deployed.map((name) => byDefault.of(name, 'Name'))).toEqual(asked.map(({ name }) => name));
    for (const [index, { sql, description, parameters }] of asked.entries()) {
      const name = deployed[index] ?? '';
      expect(byDefault.of(name, 'QueryString')).toBe(sql);
      expect(byDefault.of(name, 'Description')).toBe(
        `${description} (parameters - ${parameters.join('; ')})`,
      );
    }
  });

  it('are asked in the work group of questions', () => {
    for (const name of deployed) {
      expect(byDefault.of(name, 'WorkGroup')).toBe(questionsGroup);
      expect(byDefault.of(name, 'Database')).toBe(database);
    }
  });
});

describe('the database', () => {
  it('has a name that needs no quotes', () => {
    expect(byDefault.of('LogsDatabase', 'DatabaseInput', 'Name')).toBe('stormdrain_dev');
  });

  it('is in lower case for a stage that is not, as Glue keeps it', () => {
    const template = packagedTemplate();
    const plugin = new FinishTemplate({
      service: {
        provider: { compiledCloudFormationTemplate: template },
        custom: { inVpc: [], asksPrometheus: [] },
      },
      getProvider: () => ({ naming: { getStackName: () => 'stormdrain-Prod-2' } }),
    });
    plugin.hooks['after:aws:package:finalize:mergeCustomProviderResources']?.();
    expect(at(template.Resources.LogsDatabase, 'Properties', 'DatabaseInput', 'Name')).toBe(
      'stormdrain_prod_2',
    );
  });
});

describe('the work that is done by the clock', () => {
  it('makes tomorrow before it begins, and compacts a day when its last lines have come', () => {
    expect(byDefault.of('UpdatePartitionsRule', 'ScheduleExpression')).toBe('cron(10 23 * * ? *)');
    expect(byDefault.of('CompactLogsRule', 'ScheduleExpression')).toBe('cron(30 3 * * ? *)');
  });

  it('goes on where nothing is compacted: what was, is still to be removed', () => {
    const off = deployedWith({ CompactLogs: 'off', LogsMode: 'projection' });
    for (const rule of ['UpdatePartitionsRule', 'CompactLogsRule'])
      expect(off.of(rule, 'State') ?? 'ENABLED', rule).toBe('ENABLED');
  });

  it('is told what holds for tables that nothing else is said of', () => {
    const given = deployedWith({
      LogsMode: 'projection',
      ContainerLogRetentionDays: '30',
      CompactLogs: 'off',
    });
    const variables = (deployed: Deployed): readonly unknown[] =>
      ['MODE', 'RETENTION_DAYS', 'COMPACT'].map((name) =>
        deployed.of('PlanCompactionLambdaFunction', 'Environment', 'Variables', `STORMDRAIN_LOGS_${name}`),
      );
    expect(variables(byDefault)).toEqual(['registered', '400', 'on']);
    expect(variables(given)).toEqual(['projection', '30', 'off']);
  });

  it('is begun by these rules only, and they may begin nothing else', () => {
    const started = (name: string): readonly unknown[] =>
      ((resources[name]?.Properties?.Targets ?? []) as readonly unknown[]).map((target) => [
        referred(at(target, 'Arn')),
        referred(at(target, 'RoleArn')),
      ]);
    expect(started('UpdatePartitionsRule')).toEqual([['UpdatePartitions', 'StartLogWorkRole']]);
    expect(started('CompactLogsRule')).toEqual([['LogCompaction', 'StartLogWorkRole']]);
    const [trust] = byDefault.of(
      'StartLogWorkRole',
      'AssumeRolePolicyDocument',
      'Statement',
    ) as readonly unknown[];
    expect(at(trust, 'Condition', 'StringEquals', 'aws:SourceArn')).toEqual(
      ['UpdatePartitionsRule', 'CompactLogsRule'].map(
        (rule) => `arn:aws:events:eu-central-1:111122223333:rule/${byDefault.of(rule, 'Name')}`,
      ),
    );
    const [policy] = byDefault.of('StartLogWorkRole', 'Policies') as readonly unknown[];
    expect(at(policy, 'PolicyDocument', 'Statement')).toEqual([
      {
        Effect: 'Allow',
        Action: 'states:StartExecution',
        Resource: ['update-partitions', 'compact-logs'].map(
          (name) => `arn:aws:states:eu-central-1:111122223333:stateMachine:stormdrain-dev-${name}`,
        ),
      },
    ]);
  });

  it('is heard of when it fails, in a queue that has an alarm', () => {
    const pattern = byDefault.of('LogWorkFailedRule', 'EventPattern');
    const ended = (name: string, status: string): unknown => ({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      detail: {
        status,
        stateMachineArn: `arn:aws:states:eu-central-1:111122223333:stateMachine:stormdrain-dev-${name}`,
      },
    });
    for (const name of ['update-partitions', 'compact-logs'])
      for (const [status, isHeard] of [
        ['FAILED', true],
        ['TIMED_OUT', true],
        ['SUCCEEDED', false],
        // By hand.
        ['ABORTED', false],
      ] as const)
        expect(matchesPattern(pattern as never, ended(name, status)), `${name} ${status}`).toBe(isHeard);
    expect(matchesPattern(pattern as never, ended('load-test-run', 'FAILED'))).toBe(false);
    const targets = resources.LogWorkFailedRule?.Properties?.Targets as readonly unknown[];
    expect(targets.map((target) => referred(at(target, 'Arn')))).toEqual(['DeadLetters']);
  });

  it('has no alarm of its own, which would be paid for where there are no logs', () => {
    const alarmed = JSON.stringify(resourcesOf(packagedTemplate(), 'AWS::CloudWatch::Alarm'));
    expect(alarmed).not.toMatch(/UpdatePartitions|LogCompaction|LogsApi/);
  });
});
