import { describe, expect, it } from 'vitest';
import { listOf } from './check-policies.ts';
import { deployedWith } from './deployed-template.ts';
import { allowedTo, neededBy, type Rights } from './function-rights.ts';
import { at } from './packaged-template.ts';

/** A method of a port: others have methods of these names, too. */
const of = (port: string, method: string): string => `(?<=\\b${port}\\d*\\.)${method}`;

/** What a call of a port makes AWS be asked for, by the name of the method. */
const rights: Rights = {
  [of('catalog', 'entries')]: ['glue:GetTables'],
  [of('catalog', 'create')]: ['glue:CreateTable'],
  [of('catalog', 'update')]: ['glue:UpdateTable'],
  [of('catalog', 'remove')]: ['glue:DeleteTable'],
  [of('catalog', 'partitions')]: ['glue:GetPartitions'],
  createPartitions: ['glue:BatchCreatePartition'],
  removePartitions: ['glue:BatchDeletePartition'],
  // Athena reads the catalog with the rights of whoever starts a query.
  [of('sql', 'start')]: [
    'athena:StartQueryExecution',
    'glue:GetDatabase',
    'glue:GetTable',
    'glue:GetTables',
    'glue:GetPartition',
    'glue:GetPartitions',
    'glue:BatchGetPartition',
  ],
  [of('sql', 'status')]: ['athena:GetQueryExecution'],
  [of('sql', 'page')]: ['athena:GetQueryResults'],
  [of('sql', 'cancel')]: ['athena:StopQueryExecution'],
  updateCatalog: ['states:StartExecution'],
};

const functions = [
  ['UpdatePartitions', 'update-partitions'],
  ['RemoveOld', 'remove-old'],
  ['PlanCompaction', 'plan-compaction'],
  ['PrepareDay', 'prepare-day'],
  ['SwitchDay', 'switch-day'],
  ['SalvageDay', 'salvage-day'],
  ['ReportDay', 'report-day'],
  ['LogsApi', 'logs-api'],
] as const;

/** Beside objects, which are looked at below, and what Lambda itself needs. */
const calls = (all: readonly string[]): readonly string[] => [
  ...new Set(all.filter((right) => /^(glue|athena|states):/.test(right))),
];

describe.each(functions)('the role of %s', (logicalName, handler) => {
  it('allows the calls that its code makes, and no others', async () => {
    expect([...calls(allowedTo(logicalName))].sort()).toEqual(calls(await neededBy(handler, rights)));
  });
});

const byDefault = deployedWith({});

interface Granted {
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** `s3:GetObject logs/*`, of every object that a role may touch. */
const objectRights = (logicalName: string): readonly string[] =>
  [
    ...new Set(
      (byDefault.of(`${logicalName}IamRoleLambdaExecution`, 'Policies') as readonly unknown[])
        .flatMap((policy) => at(policy, 'PolicyDocument', 'Statement') as readonly Granted[])
        .flatMap(({ Action, Resource }) =>
          listOf(Action).flatMap((action) =>
            listOf(Resource)
              .filter((resource) => /^s3:(Get|Put|Delete)Object$/.test(action) && resource.includes(':s3:'))
              .map((resource) => `${action.slice(3, -6)} ${resource.slice(resource.indexOf('/') + 1)}`),
          ),
        ),
    ),
  ].sort();

describe('the objects that a function may touch', () => {
  it.each<readonly [string, readonly string[]]>([
    [
      'UpdatePartitions',
      [
        'Delete compacted/*',
        'Delete logs/*',
        'Delete state/logs/tables/*',
        'Get config/logs.yml',
        'Get state/logs/tables/*',
        'Put state/logs/tables/*',
      ],
    ],
    [
      'RemoveOld',
      [
        'Delete compacted/*',
        'Delete logs/*',
        'Delete tables/log_keys/*',
        'Get config/logs.yml',
        'Get state/logs/tables/*',
        'Get tables/log_keys/*',
        'Put state/logs/tables/*',
      ],
    ],
    ['PlanCompaction', ['Get config/logs.yml', 'Get state/logs/tables/*', 'Get tables/log_keys/*']],
    [
      'PrepareDay',
      [
        'Get state/logs/tables/*',
        'Get tables/log_keys/*',
        'Put state/logs/tables/*',
        'Put tables/log_keys/*',
      ],
    ],
    [
      'SwitchDay',
      ['Get config/logs.yml', 'Get state/logs/tables/*', 'Get tables/log_keys/*', 'Put state/logs/tables/*'],
    ],
    ['SalvageDay', ['Delete logs/*', 'Get logs/*', 'Get unreadable/*', 'Put logs/*', 'Put unreadable/*']],
    ['ReportDay', []],
    [
      'LogsApi',
      [
        'Delete logs/*',
        'Get athena-results/questions/*',
        'Get compacted/*',
        'Get logs/*',
        'Get runs/*/control.json',
        'Get runs/*/summary.json',
        'Get state/logs/queries/*',
        'Get state/logs/tables/*',
        'Get tables/decisions/*',
        'Get tables/log_keys/*',
        'Get tables/run_timeline/*',
        'Get tables/runs/*',
        'Get unreadable/*',
        'Put athena-results/questions/*',
        'Put logs/*',
        'Put state/logs/queries/*',
        'Put unreadable/*',
      ],
    ],
  ])('are, of %s', (logicalName, objects) => {
    expect(objectRights(logicalName)).toEqual(objects);
  });
});
