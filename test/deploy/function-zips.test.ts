import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf } from './function-environment.ts';
import { at, packagedTemplate, referred, resourcesOf } from './packaged-template.ts';
import { sampleEvents } from './sample-events.ts';

const template = packagedTemplate();
const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([logicalId, { Handler }]) => {
  const name = logicalId.replace(/LambdaFunction$/, '');
  const key = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return { name: key, logicalId, module: String(Handler).replace(/\.handler$/, '.mjs') };
});

/** Rights that are used by others on the function's behalf, or under another name. */
const indirect: Readonly<Record<string, string>> = {
  'iam:PassRole': 'RunTask|CreateSchedule',
  'ecs:TagResource': 'RunTask',
  's3:ListBucket': 'ListObjectsV2',
  'sqs:SendMessage': '.',
  // Athena acts with the rights of whoever starts a query.
  ...Object.fromEntries(
    [
      'glue:GetDatabase',
      'glue:GetTable',
      'glue:GetPartition',
      'glue:GetPartitions',
      'glue:BatchGetPartition',
      's3:GetBucketLocation',
      's3:ListBucketMultipartUploads',
      's3:ListMultipartUploadParts',
      's3:AbortMultipartUpload',
    ].map((action) => [action, `"${action.split(':')[1]}"|"StartQueryExecution"`]),
  ),
};

/** What its role lets a function call, without what Lambda itself needs. */
const actionsOf = (logicalId: string): readonly string[] => {
  const role = referred(at(template.Resources, logicalId, 'Properties', 'Role')) ?? '';
  const [policy] = at(template.Resources, role, 'Properties', 'Policies') as readonly unknown[];
  // What stands under a condition is Lambda's own: it attaches functions to a VPC, where there is one.
  const statements = at(policy, 'PolicyDocument', 'Statement') as readonly {
    readonly Action?: string | string[];
  }[];
  return statements
    .flatMap(({ Action = [] }) => Action)
    .filter((action) => !/^(logs:|sqs:(Receive|Delete|GetQueue))/.test(action));
};

const drains = [
  'instanceLeaving',
  'drainStep',
  'beginDrain',
  'lookAtDrain',
  'finishDrain',
  'abandonDrain',
  'sweepDrains',
  'registerTargets',
  'reconcileBalancers',
  'drainApi',
];
const ticking = ['scalingTick', 'fastTick', 'capacityWanted'];
const ofLogs = ['updatePartitions', 'removeOld', 'planCompaction', 'switchDay'];
const kilobytes = 1024;
const largestZip = 450 * kilobytes;
const largestUnzipped = (name: string): number => (larger[name] ?? 450) * kilobytes;
/** Where more has to be carried: each is started in a fraction of a second all the same. */
const larger: Readonly<Record<string, number>> = {
  // The plan compiler: YAML, schemas, CSV, JSONPath.
  submitApi: 950,
  // The policy compiler: YAML and schemas.
  scalingApi: 700,
  // Clients of ECS, ELBv2, Auto Scaling, Step Functions, SQS, EventBridge and S3.
  ...Object.fromEntries(drains.map((name) => [name, 600])),
  // Of ECS, Auto Scaling, EC2's fleets, CloudWatch, Step Functions, EventBridge and S3.
  ...Object.fromEntries(ticking.map((name) => [name, 650])),
  // Of Glue and S3, and the parser of settings: YAML and schemas.
  ...Object.fromEntries(ofLogs.map((name) => [name, 650])),
  // Of Athena, Glue, S3 and Step Functions.
  logsApi: 550,
};

let folder: string;
let server: Server;
/** What came in since the last look: the calls of one function. */
let calls: IncomingMessage[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-zips-'));
  server = createServer((call, answer) => {
    calls.push(call);
    call.resume();
    call.on('end', () => {
      answer.writeHead(404, { 'content-type': 'application/xml', connection: 'close' });
      answer.end('<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>Not here.</Message></Error>');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Outside the repository, so that nothing of node_modules is found. */
const unpack = async (name: string): Promise<{ readonly folder: string; readonly bytes: number }> => {
  const files = unzipSync(readFileSync(`.serverless/${name}.zip`));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name, path)), { recursive: true });
    await writeFile(join(folder, name, path), content);
  }
  const bytes = Object.values(files).reduce((sum, content) => sum + content.length, 0);
  return { folder: join(folder, name), bytes };
};

const invoke = `
const [module, event] = process.argv.slice(1);
const { handler } = await import(module);
const context = { awsRequestId: 'r1', functionName: 'f', getRemainingTimeInMillis: () => 5000 };
await Promise.race([handler(JSON.parse(event), context).catch((error) => console.log(error.name)), new Promise((end) => setTimeout(end, 5000))]);
process.exit(0);
`;

describe('the zip of', () => {
  it.each(functions)('$name is small, and its handler calls AWS', async ({ name, logicalId, module }) => {
    expect(readFileSync(`.serverless/${name}.zip`).length).toBeLessThan(largestZip);
    const unpacked = await unpack(name);
    expect(unpacked.bytes).toBeLessThan(largestUnzipped(name));

    calls = [];
    const { port } = server.address() as AddressInfo;
    const url = pathToFileURL(join(unpacked.folder, module)).href;
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', invoke, url, JSON.stringify(sampleEvents[name])],
      {
        cwd: unpacked.folder,
        env: { ...environmentOf(template, logicalId), AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` },
        timeout: 60_000,
      },
    );
    // What only writes its log has no rights, and no need of them.
    if (actionsOf(logicalId).length === 0) {
      expect([calls.length, stderr]).toEqual([0, expect.any(String)]);
      return;
    }
    expect(calls.length, stderr).toBeGreaterThan(0);
    // Signed with what Lambda puts into the environment.
    expect(calls[0]?.headers.authorization).toContain('Credential=AKIDTEST/');
    expect(calls[0]?.headers['x-amz-security-token']).toBe('token');
  });

  it.each(functions)(
    '$name has the code for every call that its role allows',
    ({ name, logicalId, module }) => {
      const code = Buffer.from(unzipSync(readFileSync(`.serverless/${name}.zip`))[module] ?? []).toString();
      const unused = actionsOf(logicalId).filter(
        (action) => !new RegExp(indirect[action] ?? `"${action.split(':')[1]}"`).test(code),
      );
      expect(unused).toEqual([]);
    },
  );
});
