import { describe, expect, it } from 'vitest';
import { listOf } from './check-policies.ts';
import { deployedWith, isArnLike } from './deployed-template.ts';
import { at } from './packaged-template.ts';

const byDefault = deployedWith({});
const bucket = String(byDefault.of('RunBucketPolicy', 'Bucket'));
const objectArn = (key: string): string => `arn:aws:s3:::${bucket}/${key}`;
const told = (name: string, variable: string): string =>
  String(byDefault.of(`${name}LambdaFunction`, 'Environment', 'Variables', variable));
const database = told('LogsApi', 'STORMDRAIN_LOGS_DATABASE');
const questionsGroup = told('LogsApi', 'STORMDRAIN_QUERY_WORK_GROUP');
const compactionGroup = String(byDefault.of('LogCompaction', 'DefinitionSubstitutions', 'WorkGroup'));

interface Granted {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Whether a role may do that to the resource, by any of its policies. */
const may = (role: string, action: string, arn: string): boolean =>
  (byDefault.of(role, 'Policies') as readonly unknown[])
    .flatMap((policy) => at(policy, 'PolicyDocument', 'Statement') as readonly Granted[])
    .some(
      ({ Action, Resource }) =>
        listOf(Action).includes(action) && listOf(Resource).some((pattern) => isArnLike(pattern, arn)),
    );

const athenaArn = (kind: string): string => `arn:aws:athena:eu-central-1:111122223333:${kind}`;
const tableArn = `arn:aws:glue:eu-central-1:111122223333:table/${database}/shop_app`;

describe('the compaction', () => {
  const role = 'LogCompactionRole';
  const mayDo = (action: string, arn: string): boolean => may(role, action, arn);

  it('runs queries in its own work group, and in no other', () => {
    const groups = [compactionGroup, questionsGroup].map((name) => athenaArn(`workgroup/${name}`));
    for (const action of [
      'athena:StartQueryExecution',
      'athena:GetQueryExecution',
      'athena:StopQueryExecution',
    ])
      expect(
        groups.map((arn) => mayDo(action, arn)),
        action,
      ).toEqual([true, false]);
    expect(mayDo('athena:GetDataCatalog', athenaArn('datacatalog/AwsDataCatalog'))).toBe(true);
  });

  it('reads raw lines and lists of keys, and writes generations and notes of its own', () => {
    for (const key of ['logs/shop/app/x.gz', 'tables/log_keys/table=shop_app/x.gz', 'compacted/shop/app/x'])
      expect(mayDo('s3:GetObject', objectArn(key)), key).toBe(true);
    for (const key of ['compacted/shop/app/x', 'athena-results/compaction/x'])
      expect(mayDo('s3:PutObject', objectArn(key)), key).toBe(true);
    for (const key of [
      'logs/shop/app/x.gz',
      'runs/20261121/plan.json',
      'state/logs/tables/x',
      'tables/log_keys/x',
      'athena-results/questions/x',
    ])
      expect(mayDo('s3:PutObject', objectArn(key)), key).toBe(false);
    expect(mayDo('s3:DeleteObject', objectArn('compacted/shop/app/x'))).toBe(false);
  });

  it('looks at the catalog and changes nothing in it: its functions do', () => {
    expect(mayDo('glue:GetPartitions', tableArn)).toBe(true);
    for (const action of ['glue:UpdateTable', 'glue:BatchCreatePartition', 'glue:DeleteTable'])
      expect(mayDo(action, tableArn), action).toBe(false);
  });
});

describe('the function that asks', () => {
  const mayDo = (action: string, arn: string): boolean => may('LogsApiIamRoleLambdaExecution', action, arn);

  it('asks in the work group of questions, which has a cutoff, and in no other', () => {
    const groups = [questionsGroup, compactionGroup].map((name) => athenaArn(`workgroup/${name}`));
    expect(groups.map((arn) => mayDo('athena:StartQueryExecution', arn))).toEqual([true, false]);
  });

  it('reads tables, logs and answers, and no plans, uploads, or measurements', () => {
    for (const key of [
      'logs/shop/app/x.gz',
      'compacted/shop/app/x',
      'tables/runs/x.gz',
      'athena-results/questions/x.csv',
    ])
      expect(mayDo('s3:GetObject', objectArn(key)), key).toBe(true);
    for (const key of [
      'uploads/a',
      'schedules/nightly/plan.json',
      'runs/20261121-1/plan.json',
      'runs/20261121-1/segments/0/1/1.json.gz',
      'athena-results/compaction/x',
      'state/scaling/web.json',
    ])
      expect(mayDo('s3:GetObject', objectArn(key)), key).toBe(false);
  });

  it('looks into no database of the account but its own, whatever name a question gives', () => {
    const catalogArn = (kind: string): string => `arn:aws:glue:eu-central-1:111122223333:${kind}`;
    expect(mayDo('glue:GetDatabase', catalogArn(`database/${database}`))).toBe(true);
    // Athena asks for it by itself.
    expect(mayDo('glue:GetDatabase', catalogArn('database/default'))).toBe(true);
    for (const name of ['other_db', 'default', `${database}_2`]) {
      if (name !== 'default')
        expect(mayDo('glue:GetDatabase', catalogArn(`database/${name}`)), name).toBe(false);
      for (const action of [
        'glue:GetTable',
        'glue:GetTables',
        'glue:GetPartitions',
        'glue:BatchGetPartition',
      ])
        for (const kind of [`database/${name}`, `table/${name}/customers`])
          expect(mayDo(action, catalogArn(kind)), `${action} ${kind}`).toBe(false);
    }
    expect(mayDo('glue:GetDatabases', catalogArn('catalog'))).toBe(false);
    expect(mayDo('athena:GetDataCatalog', athenaArn('datacatalog/other'))).toBe(false);
    expect(
      mayDo('lambda:InvokeFunction', 'arn:aws:lambda:eu-central-1:111122223333:function:connector'),
    ).toBe(false);
    expect(mayDo('s3:GetObject', 'arn:aws:s3:::another-bucket/logs/shop/app/x.gz')).toBe(false);
  });

  it('has the catalog changed by the daily work, and does not change it itself', () => {
    expect(
      mayDo(
        'states:StartExecution',
        'arn:aws:states:eu-central-1:111122223333:stateMachine:stormdrain-dev-update-partitions',
      ),
    ).toBe(true);
    expect(
      mayDo(
        'states:StartExecution',
        'arn:aws:states:eu-central-1:111122223333:stateMachine:stormdrain-dev-compact-logs',
      ),
    ).toBe(false);
    for (const action of [
      'glue:UpdateTable',
      'glue:CreateTable',
      'glue:BatchDeletePartition',
      'glue:DeleteTable',
    ])
      expect(mayDo(action, tableArn), action).toBe(false);
  });
});
