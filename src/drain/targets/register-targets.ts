import { logFailure } from '../../calls/log-failure.ts';
import { type BatchAnswer, parseSqsBatch } from '../../messages/sqs-batch.ts';
import { joinTargets } from './join-targets.ts';
import { leaveTargets } from './leave-targets.ts';
import { parseTaskEvent, type TaskEvent, type TaskNews } from './parse-task-event.ts';
import type { TargetIntakePorts } from './target-ports.ts';

export interface TargetsResult extends BatchAnswer {
  readonly counts: {
    /** Tasks. */
    readonly registered: number;
    readonly deregistered: number;
    /** Messages in which nothing is to be done: of services, of no known cluster, untagged, duplicate or late. */
    readonly ignored: number;
    /** Messages that went to the dead letters. */
    readonly unreadable: number;
  };
}

/**
 * Follows tasks: takes in a batch of "ECS Task State Change" events, registers tagged tasks that run and deregisters
 * those that leave. What can't be done by waiting is kept as a dead letter; what failed is delivered again. Throws
 * `DocumentInvalid` when it is no batch at all.
 */
export const registerTargets = async (ports: TargetIntakePorts, event: unknown): Promise<TargetsResult> => {
  const messages = parseSqsBatch(event).map((message) => ({
    ...message,
    news: parseTaskEvent(message.body),
  }));
  const failed = new Set<string>();
  const counts = { registered: 0, deregistered: 0, ignored: 0, unreadable: 0 };
  const keep = async (messageId: string, body: string, reason: string): Promise<void> => {
    try {
      await ports.letters.keep({ body, reason, from: 'register-targets' });
      counts.unreadable++;
    } catch (error) {
      logFailure({ messageId, error });
      failed.add(messageId);
    }
  };
  const isOurs = (news: TaskEvent): news is TaskNews =>
    news.kind === 'task' && ports.clusters.includes(news.cluster);
  for (const { messageId, body, news } of messages) {
    if (news.kind === 'unreadable') await keep(messageId, body, news.reason);
    else if (!isOurs(news)) counts.ignored++;
  }
  for (const cluster of ports.clusters) {
    const ours = messages.filter(({ news }) => isOurs(news) && news.cluster === cluster);
    const of = (phase: TaskNews['phase']): readonly TaskNews[] =>
      ours.flatMap(({ news }) => (isOurs(news) && news.phase === phase ? [news] : []));
    const failWhere = (phase: TaskNews['phase'], isFailed: (taskArn: string) => boolean): void => {
      for (const { messageId, news } of ours) {
        if (isOurs(news) && news.phase === phase && isFailed(news.taskArn)) failed.add(messageId);
      }
    };
    // Those that leave come first: each moment that they are still registered may cost a request.
    let again: readonly TaskNews[] = [];
    if (of('leaving').length > 0) {
      try {
        const left = await leaveTargets(ports, cluster, of('leaving'));
        counts.deregistered += left.deregistered;
        counts.ignored += left.ignored;
        failWhere('leaving', (taskArn) => left.failed.has(taskArn));
        again = left.again;
      } catch (error) {
        logFailure({ cluster, phase: 'leaving', error });
        failWhere('leaving', () => true);
      }
    }
    const running = [...of('running'), ...again];
    if (running.length > 0) {
      try {
        const joined = await joinTargets(ports, cluster, running);
        counts.registered += joined.registered;
        counts.ignored += joined.ignored;
        failWhere('running', (taskArn) => joined.failed.has(taskArn));
        for (const { messageId, body, news } of ours) {
          const reason =
            isOurs(news) && news.phase === 'running' ? joined.refused.get(news.taskArn) : undefined;
          if (reason !== undefined) await keep(messageId, body, reason);
        }
      } catch (error) {
        logFailure({ cluster, phase: 'running', error });
        failWhere('running', () => true);
      }
    }
  }
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })), counts };
};
