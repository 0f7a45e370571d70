import type { Behaviour } from './fault-proxy.ts';
import { json } from './fault-rules.ts';
import { jsonBody, type ServiceAnswer } from './service-call.ts';
import { describeTask, type TaskState } from './task-state.ts';

export interface EcsHooks {
  /** How many of the tasks asked for can be had. */
  granted(startedBy: string, count: number): number;
  /** A task was created; its overrides come as one record. */
  started(state: TaskState, overrides: Readonly<Record<string, string>>): Promise<void>;
  stop(taskArn: string, reason: string): void;
  stateOf(taskArn: string): TaskState | undefined;
}

interface RunTaskRequest {
  readonly count?: number;
  readonly clientToken?: string;
  readonly startedBy?: string;
  readonly capacityProviderStrategy?: readonly { readonly capacityProvider: string }[];
  readonly overrides?: {
    readonly containerOverrides?: readonly {
      readonly name: string;
      readonly environment?: readonly { readonly name: string; readonly value: string }[];
    }[];
  };
}

interface TasksAnswer {
  readonly tasks?: readonly Readonly<
    Record<string, unknown> & { taskArn: string; clusterArn: string; taskDefinitionArn: string }
  >[];
  readonly failures?: readonly unknown[];
}

/** What ECS does and moto doesn't: client tokens, capacity that runs out, and tasks that live longer than an answer. */
export const ecsBehaviours = (hooks: EcsHooks): Readonly<Record<string, Behaviour>> => {
  const byToken = new Map<string, Promise<ServiceAnswer>>();

  const runTask: Behaviour = async (call, forward) => {
    const request = jsonBody(call) as RunTaskRequest;
    const { count = 1, startedBy = '' } = request;
    const granted = Math.max(0, Math.min(count, hooks.granted(startedBy, count)));
    const answer =
      granted === 0
        ? json(200, { tasks: [], failures: [] })
        : await forward({ ...call, body: Buffer.from(JSON.stringify({ ...request, count: granted })) });
    if (answer.status !== 200) return answer;
    const { tasks = [] } = JSON.parse(answer.body.toString()) as TasksAnswer;
    const container = request.overrides?.containerOverrides?.[0];
    const overrides = Object.fromEntries(
      (container?.environment ?? []).map(({ name, value }) => [name, value]),
    );
    for (const { taskArn, clusterArn, taskDefinitionArn } of tasks) {
      const state: TaskState = {
        taskArn,
        clusterArn,
        taskDefinitionArn,
        container: container?.name ?? 'worker',
        startedBy,
        capacityProvider: request.capacityProviderStrategy?.[0]?.capacityProvider ?? 'FARGATE',
        createdAt: Date.now(),
        lastStatus: 'PENDING',
        desiredStatus: 'RUNNING',
        version: 1,
      };
      await hooks.started(state, overrides);
    }
    const failures = Array.from({ length: count - granted }, () => ({
      reason:
        'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    }));
    return json(200, { tasks: tasks.map((task) => described(task, hooks)), failures });
  };

  return {
    // The same token within a day is the same request: it is carried out once, and answered the same way.
    'ecs RunTask': (call, forward) => {
      const { clientToken } = jsonBody(call) as RunTaskRequest;
      if (clientToken === undefined) return runTask(call, forward);
      const known = byToken.get(clientToken) ?? runTask(call, forward);
      byToken.set(clientToken, known);
      return known;
    },
    'ecs DescribeTasks': async (call, forward) => {
      const answer = await forward(call);
      if (answer.status !== 200) return answer;
      const { tasks = [], failures = [] } = JSON.parse(answer.body.toString()) as TasksAnswer;
      return json(200, { tasks: tasks.map((task) => described(task, hooks)), failures });
    },
    'ecs StopTask': async (call, forward) => {
      const answer = await forward(call);
      if (answer.status !== 200) return answer;
      const { task } = JSON.parse(answer.body.toString()) as { task: { taskArn: string } };
      const { reason } = jsonBody(call);
      hooks.stop(task.taskArn, typeof reason === 'string' ? reason : 'Task stopped by user');
      return json(200, { task: described(task, hooks) });
    },
  };
};

const described = (task: { readonly taskArn: string }, hooks: EcsHooks): object => {
  const state = hooks.stateOf(task.taskArn);
  return state === undefined ? task : { ...task, ...describeTask(state) };
};
