import { Command } from 'commander';
import type { StopTaskStep } from '../../drain/targets/stop-task.ts';
import { BadInputError } from '../../errors.ts';
import type { DrainApi, TaskStopRequest } from '../../platform/ports/drain-api.ts';
import { askPatiently } from '../ask-patiently.ts';
import type { CliContext } from '../cli-context.ts';
import { drainsOfStack, requireDrainStack } from '../drain-stack.ts';
import type { Ending } from '../exit-code.ts';
import { type Interrupts, listenForInterrupts } from '../interrupts.ts';
import { formatMany, formatSeconds } from '../render/format-figures.ts';
import { requesterOf } from '../requester-of.ts';
import { commandLine, type StackFlags, withStack } from '../stack-reference.ts';
import { requireClusterName } from './drain-check.ts';

interface StopTaskFlags extends StackFlags {
  readonly cluster: string;
  readonly reason?: string;
}

const taskId = /^[0-9a-f]{32}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The older form has no cluster. */
const taskArn = /^arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:task\/(?:([A-Za-z0-9_-]+)\/)?[0-9a-f-]{32,36}$/;

const requireTask = (task: string, cluster: string): string => {
  if (taskId.test(task)) return task;
  const match = taskArn.exec(task);
  if (match === null)
    throw new BadInputError(
      `stop-task: "${task}" is no task: give its ARN, or the 32 hexadecimal digits at the end of it`,
    );
  if (match[1] !== undefined && match[1] !== cluster)
    throw new BadInputError(`--cluster: the task is one of cluster "${match[1]}", not of "${cluster}"`);
  return task;
};

const stageText: Readonly<Record<StopTaskStep['stage'], string>> = {
  deregistering: 'its targets are being deregistered',
  settling: 'the balancers send it nothing new; settling',
  'in-flight': 'requests are in flight',
  stopped: 'told to stop',
};

const describeStep = ({ stage, inFlight }: StopTaskStep): string =>
  stage === 'in-flight' && inFlight !== null
    ? `${formatMany(inFlight, 'request')} in flight`
    : stageText[stage];

const longestPauseMillis = 5_000;

interface Stopping {
  readonly context: CliContext;
  readonly api: DrainApi;
  readonly request: TaskStopRequest;
  readonly interrupts: Interrupts;
}

/** Step after step until StopTask was called; `onStep` hears of each. Undefined when the user left before. */
const stopStepwise = async (
  { context, api, request, interrupts }: Stopping,
  onStep: (step: StopTaskStep) => void,
): Promise<StopTaskStep | undefined> => {
  const note = (text: string): void => void context.stderr.write(`${text}\n`);
  const { signal } = interrupts;
  while (!signal.aborted) {
    const step = await askPatiently(context, () => api.stopTask(request), { note, signal });
    onStep(step);
    if (step.stage === 'stopped') return step;
    await context.sleep(Math.max(500, Math.min(step.waitMillis, longestPauseMillis)), signal);
  }
  return undefined;
};

const stopTask = async (context: CliContext, task: string, flags: StopTaskFlags): Promise<Ending> => {
  const { stdout, stderr, env, invocation, now } = context;
  const stack = requireDrainStack(flags, env);
  const cluster = requireClusterName(flags.cluster, '--cluster');
  const reason = flags.reason ?? `stopped by ${requesterOf(env)} with stormdrain stop-task`;
  const request = { cluster, task: requireTask(task, cluster), reason };
  const api = await drainsOfStack(context, stack);
  const interrupts = listenForInterrupts(context, 0);
  const beganMillis = now();
  let last: string | undefined;
  const onStep = (step: StopTaskStep): void => {
    const text = describeStep(step);
    if (text !== last && step.stage !== 'stopped')
      stderr.write(`${formatSeconds((now() - beganMillis) / 1000).padStart(8)}  ${text}\n`);
    last = text;
  };
  try {
    const stopped = await stopStepwise({ context, api, request, interrupts }, onStep);
    if (stopped !== undefined) {
      const lost =
        (stopped.inFlight ?? 0) > 0 ? `, with ${formatMany(stopped.inFlight ?? 0, 'request')} in flight` : '';
      stdout.write(
        `Told task ${task} of cluster ${cluster} to stop after ${formatSeconds((now() - beganMillis) / 1000)}${lost}.\n`,
      );
      return { kind: 'done' };
    }
    const again = commandLine(invocation, `stop-task ${task} --cluster ${cluster}`, stack);
    const stand = last ?? 'nothing is known to be done yet';
    stderr.write(`The task runs on; where it stands: ${stand}. Go on with stopping it: ${again}\n`);
    return { kind: 'interrupted' };
  } finally {
    interrupts.close();
  }
};

/** `stop-task TASK`: takes a task out of its balancers, then stops it. */
export const stopTaskCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('stop-task')
      .description('Stop a task without a failed request: deregister it, verify, settle, then StopTask.')
      .argument('<task>', "the task's ARN, or the id at the end of it")
      .requiredOption('--cluster <name>', 'the cluster that it is in')
      .option('--reason <text>', 'why; ECS shows it with the stopped task'),
    'clusters',
  ).action(async (task: string, flags: StopTaskFlags) => end(await stopTask(context, task, flags)));
