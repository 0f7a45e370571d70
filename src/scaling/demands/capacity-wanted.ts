import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { type BatchAnswer, parseSqsBatch, type QueueMessage } from '../../messages/sqs-batch.ts';
import type { DeadLetters } from '../../platform/ports/dead-letters.ts';
import { updateJson } from '../../store/stored-json.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { scalingTick } from '../tick/scaling-tick.ts';
import type { ScalingTicks } from '../tick/scaling-ticks.ts';
import type { TickResult } from '../tick/tick-result.ts';
import type { Demand, DemandMessage } from './demand.ts';
import { type DemandDocument, demandDocument, demandKey } from './demand-document.ts';
import { mergeDemands } from './merge-demands.ts';
import { parseDemand } from './parse-demand.ts';

export type WantedPorts = ScalingPorts & { readonly letters: DeadLetters };

export interface WantedCounts {
  /** Demands that were not known. */
  readonly wanted: number;
  readonly known: number;
  /** Messages in which nothing is to be done. */
  readonly ignored: number;
  /** Messages that went to the dead letters. */
  readonly unreadable: number;
  /** Demands of clusters that aren't looked after. */
  readonly unknownCluster: number;
  /** Ticks that were made at once, and those that failed: the next one by schedule sees the same. */
  readonly ticked: number;
  readonly tickFailures: number;
}

export interface WantedResult extends BatchAnswer {
  readonly counts: WantedCounts;
  /** For metrics. */
  readonly ticks: Pick<ScalingTicks, 'ticks' | 'failed'>;
}

interface Message extends QueueMessage {
  readonly said: DemandMessage;
}

/**
 * Takes in a batch of messages about tasks that found no room: merges them into what is known of their clusters, and ticks
 * those at once. A message that can't be read is kept as a dead letter; one that could not be taken in is delivered again.
 * One that was taken in is not, though the tick may fail: the next tick sees it. Throws `DocumentInvalid` when it is no
 * batch at all.
 */
export const capacityWanted = async (ports: WantedPorts, event: unknown): Promise<WantedResult> => {
  const messages = parseSqsBatch(event).map((one): Message => ({ ...one, said: readDemand(one) }));
  const failed = new Set<string>();
  const counts = {
    wanted: 0,
    known: 0,
    ignored: messages.filter(({ said }) => said.kind === 'ignored').length,
    unreadable: 0,
    unknownCluster: 0,
    ticked: 0,
    tickFailures: 0,
  };
  const byCluster = new Map<string, { readonly messageId: string; readonly demand: Demand }[]>();
  for (const { messageId, said } of messages) {
    if (said.kind !== 'demand') continue;
    const { cluster } = said.demand;
    if (ports.clusters.includes(cluster))
      byCluster.set(cluster, [...(byCluster.get(cluster) ?? []), { messageId, demand: said.demand }]);
    else counts.unknownCluster++;
  }
  const ticks: TickResult[] = [];
  const failedTicks: { readonly cluster: string; readonly reason: string }[] = [];
  const takeIn = async (
    cluster: string,
    news: readonly { readonly messageId: string; readonly demand: Demand }[],
  ): Promise<void> => {
    let heardAtMillis: number;
    try {
      const isNew = await merge(
        ports,
        cluster,
        news.map(({ demand }) => demand),
      );
      for (const one of isNew) counts[one ? 'wanted' : 'known']++;
      heardAtMillis = ports.time.nowMillis();
    } catch (error) {
      logFailure({ cluster, error });
      for (const { messageId } of news) failed.add(messageId);
      return;
    }
    try {
      const tick = await scalingTick(ports, cluster, { because: 'event', heardAtMillis });
      ticks.push(tick);
      if (tick.kind === 'ticked') counts.ticked++;
    } catch (error) {
      counts.tickFailures++;
      failedTicks.push({ cluster, reason: reasonOf(error) });
      logFailure({ cluster, error });
    }
  };
  const keep = async ({ messageId, body, said }: Message): Promise<void> => {
    if (said.kind !== 'unreadable') return;
    try {
      await ports.letters.keep({ body, reason: said.reason, from: 'capacity-wanted' });
      counts.unreadable++;
    } catch (error) {
      logFailure({ messageId, error });
      failed.add(messageId);
    }
  };
  await Promise.all([
    ...[...byCluster].map(([cluster, news]) => takeIn(cluster, news)),
    ...messages.map(keep),
  ]);
  return {
    batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })),
    counts,
    ticks: { ticks, failed: failedTicks },
  };
};

const readDemand = ({ body, sentAtMillis }: QueueMessage): DemandMessage => {
  const parsed = parseDemand(body);
  if (sentAtMillis === undefined || parsed.kind !== 'demand' || parsed.demand.kind !== 'request')
    return parsed;
  return { ...parsed, demand: { ...parsed.demand, sentAtMillis } };
};

const merge = async (
  ports: WantedPorts,
  cluster: string,
  demands: readonly Demand[],
): Promise<readonly boolean[]> => {
  let isNew: readonly boolean[] = [];
  const change = (current: DemandDocument | undefined): DemandDocument | undefined => {
    const merged = mergeDemands(current, cluster, demands, ports.time.nowMillis());
    isNew = merged.isNew;
    return merged.document === current ? undefined : merged.document;
  };
  await updateJson(ports.store, demandKey(cluster), demandDocument, change, ports);
  return isNew;
};
