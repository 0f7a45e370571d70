import { readFileSync } from 'node:fs';

const runId = '20261121-093000-k7fq';

const taskStopped = {
  version: '0',
  id: '9bcdac79-b31f-4d3d-9410-fbd727c29fab',
  source: 'aws.ecs',
  account: '111122223333',
  time: '2026-11-21T09:31:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:ecs:eu-central-1:111122223333:task/workers/1dc5c17a422b4dc4b493371970c6c4d6'],
  'detail-type': 'ECS Task State Change',
  detail: {
    clusterArn: 'arn:aws:ecs:eu-central-1:111122223333:cluster/workers',
    taskArn: 'arn:aws:ecs:eu-central-1:111122223333:task/workers/1dc5c17a422b4dc4b493371970c6c4d6',
    lastStatus: 'STOPPED',
    desiredStatus: 'STOPPED',
    startedBy: runId,
    stopCode: 'EssentialContainerExited',
    stoppedReason: 'Essential container in task exited',
    containers: [{ name: 'worker', exitCode: 1, lastStatus: 'STOPPED' }],
    version: 5,
  },
};

const taskRuns = {
  ...taskStopped,
  resources: ['arn:aws:ecs:eu-central-1:111122223333:task/web/1dc5c17a422b4dc4b493371970c6c4d6'],
  detail: {
    clusterArn: 'arn:aws:ecs:eu-central-1:111122223333:cluster/web',
    taskArn: 'arn:aws:ecs:eu-central-1:111122223333:task/web/1dc5c17a422b4dc4b493371970c6c4d6',
    group: 'family:shop',
    lastStatus: 'RUNNING',
    desiredStatus: 'RUNNING',
    version: 3,
  },
};

const spotWarning: unknown = JSON.parse(
  readFileSync('test/fixtures/instance-events/spot-terminate.json', 'utf8'),
);

const unhurried = { cluster: 'web', drainId: 'i-0b662ef9931388ba0-tp8x2c' };
const byTheClock = { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };

const executionEnded = {
  version: '0',
  id: '315c1398-40ff-a850-213b-158f73e60175',
  source: 'aws.states',
  account: '111122223333',
  time: '2026-11-21T09:31:00Z',
  region: 'eu-central-1',
  resources: [`arn:aws:states:eu-central-1:111122223333:execution:load-test-run:${runId}`],
  'detail-type': 'Step Functions Execution Status Change',
  detail: {
    executionArn: `arn:aws:states:eu-central-1:111122223333:execution:load-test-run:${runId}`,
    stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:load-test-run',
    name: runId,
    status: 'ABORTED',
    startDate: 1795253400000,
    stopDate: 1795253460000,
    input: JSON.stringify({ runId }),
  },
};

/** A request as an HTTP API hands it over, payload format 2.0. */
const request = (method: string, path: string, body?: object): object => ({
  version: '2.0',
  routeKey: `${method} ${path}`,
  rawPath: path,
  rawQueryString: '',
  headers: { 'content-type': 'application/json', host: 'api.example.com' },
  requestContext: {
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    requestId: 'r1',
    routeKey: `${method} ${path}`,
    stage: '$default',
  },
  isBase64Encoded: false,
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

const day = { table: 'shop_app', family: 'shop', container: 'app', day: '2026-11-20' };
const brokenLog = 's3://made-up/logs/shop/app/year=2026/month=11/day=20/093100-a1b2c3d4.gz';
const unloadFailure = {
  Error: 'Athena.QueryFailed',
  Cause: JSON.stringify({ StateChangeReason: `HIVE_CURSOR_ERROR: Failed to read file at ${brokenLog}` }),
};

/** For each function, by its name in serverless.yml, an event that makes it call AWS. */
export const sampleEvents: Readonly<Record<string, object>> = {
  planRun: { runId },
  launchWorkers: { runId },
  checkWorkers: { runId },
  startRun: { runId },
  observeRun: { runId, observation: { rollup: 0, waitSeconds: 10, over: false } },
  finishRun: { runId },
  stopWorkers: { runId },
  recordFailure: { runId, failure: { Error: 'WorkersLost', Cause: '{"errorMessage":"gone"}' } },
  workerStopped: { Records: [{ messageId: 'm1', body: JSON.stringify(taskStopped) }] },
  executionEnded,
  reapRuns: byTheClock,
  startScheduledRun: {
    schedule: 'nightly',
    plan: 'schedules/nightly/plan.json',
    time: '2026-11-21T09:30:00Z',
  },
  readApi: request('GET', '/runs'),
  instanceLeaving: { Records: [{ messageId: 'm1', body: JSON.stringify(spotWarning) }] },
  drainStep: { cluster: 'web', generation: 1 },
  beginDrain: unhurried,
  lookAtDrain: unhurried,
  finishDrain: unhurried,
  abandonDrain: { ...unhurried, failure: { Error: 'ClusterRefused', Cause: '{}' } },
  sweepDrains: byTheClock,
  registerTargets: { Records: [{ messageId: 'm1', body: JSON.stringify(taskRuns) }] },
  reconcileBalancers: byTheClock,
  drainApi: request('GET', '/drains'),
  scalingTick: byTheClock,
  fastTick: { startedAt: '2026-11-21T09:31:00.120Z' },
  capacityWanted: {
    Records: [
      {
        messageId: 'm1',
        body: JSON.stringify({
          group_name: 'family:report',
          cluster: 'web',
          cpu: 256,
          memory: 512,
          task_id: '1dc5c17a422b4dc4b493371970c6c4d6',
        }),
      },
    ],
  },
  scalingApi: request('GET', '/scaling/policies'),
  updatePartitions: { request: {}, update: { isDone: false } },
  removeOld: { after: '' },
  planCompaction: { after: '' },
  prepareDay: day,
  switchDay: { ...day, generation: 1 },
  salvageDay: { ...day, failure: unloadFailure },
  reportDay: { ...day, failure: unloadFailure },
  logsApi: request('GET', '/logs/tables'),
  submitApi: request('POST', '/uploads', { sha256: 'a'.repeat(64), bytes: 3 }),
};
