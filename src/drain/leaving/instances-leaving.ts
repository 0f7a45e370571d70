import { logFailure } from '../../calls/log-failure.ts';
import { type BatchAnswer, parseSqsBatch, type QueueMessage } from '../../messages/sqs-batch.ts';
import type { DeadLetters } from '../../platform/ports/dead-letters.ts';
import type { DrainConductor } from '../../platform/ports/drain-conductor.ts';
import { readJson } from '../../store/stored-json.ts';
import type { DrainClusters, DrainPorts } from '../drain-ports.ts';
import type { Notice } from '../notices/notice.ts';
import { parseNotice } from '../notices/parse-notice.ts';
import type { InstanceLeaving } from './instance-leaving.ts';
import { type LeavingDocument, leavingDocument, leavingKey } from './leaving-document.ts';
import { locateInstances } from './locate-instances.ts';
import { mergeAndWake } from './merge-and-wake.ts';
import { clusterKnowing, type KnownPlaces, placeNews } from './place-news.ts';

/** What taking in news stands on. */
export type IntakePorts = Pick<DrainPorts, 'store' | 'cluster' | 'pace' | 'time' | 'random'> &
  DrainClusters & { readonly conductor: DrainConductor; readonly letters: DeadLetters };

export interface IntakeCounts {
  /** Instances whose drain begins or is hastened. */
  readonly leaving: number;
  /** Instances of which all of it was known. */
  readonly known: number;
  /** Messages in which nothing is to be done. */
  readonly ignored: number;
  /** Messages that went, wholly or in part, to the dead letters. */
  readonly unreadable: number;
  /** Instances in none of the clusters. */
  readonly unknownInstance: number;
}

export interface IntakeResult extends BatchAnswer {
  /** Of what could be handled. */
  readonly counts: IntakeCounts;
}

/** A message, and what is to be done about it. */
interface Intake extends QueueMessage {
  readonly notice: Notice;
}

/**
 * Takes in a batch of messages about instances: merges them into what is known of their clusters, and wakes the conductors.
 * A message that can't be read is kept as a dead letter; one that could not be taken in wholly is delivered again. Throws
 * `DocumentInvalid` when it is no batch at all.
 */
export const instancesLeaving = async (ports: IntakePorts, event: unknown): Promise<IntakeResult> => {
  const messages = parseSqsBatch(event).map(
    (message): Intake => ({ ...message, notice: parseNotice(message.body) }),
  );
  const failed = new Set<string>();
  const counts = { leaving: 0, known: 0, ignored: 0, unreadable: 0, unknownInstance: 0 };
  const news = messages.flatMap(({ messageId, notice }) =>
    notice.kind === 'leaving' ? notice.leaving.map((leaving) => ({ messageId, leaving })) : [],
  );
  const { places, isAnythingUnread } = await lookAround(
    ports,
    news.map(({ leaving }) => leaving),
  );
  const byCluster = new Map<string, { readonly messageId: string; readonly leaving: InstanceLeaving }[]>();
  const withPlace = (leaving: InstanceLeaving, cluster: string): InstanceLeaving => {
    const place = places.located.places.get(leaving.instanceId);
    return place?.cluster === cluster
      ? { ...leaving, containerInstanceArn: place.containerInstanceArn }
      : leaving;
  };
  for (const one of news) {
    const placed = placeNews(one.leaving, places, isAnythingUnread);
    if (placed.kind === 'in') byCluster.set(placed.cluster, [...(byCluster.get(placed.cluster) ?? []), one]);
    else if (placed.kind === 'unclear') failed.add(one.messageId);
    else counts[placed.kind === 'known' ? 'known' : 'unknownInstance']++;
  }
  await Promise.all(
    [...byCluster].map(async ([cluster, ofCluster]) => {
      try {
        const changes = await mergeAndWake(
          ports,
          cluster,
          ofCluster.map(({ leaving }) => withPlace(leaving, cluster)),
        );
        for (const change of changes) counts[change === 'known' ? 'known' : 'leaving']++;
      } catch (error) {
        logFailure({ cluster, error });
        for (const { messageId } of ofCluster) failed.add(messageId);
      }
    }),
  );
  // Last, and side by side: no notice waits for letters.
  await Promise.all(
    messages.map(async (message) => {
      const reason = reasonOf(message.notice);
      if (message.notice.kind === 'ignored') counts.ignored++;
      if (reason === undefined) return;
      if (await keepLetter(ports, message, reason)) counts.unreadable++;
      else failed.add(message.messageId);
    }),
  );
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })), counts };
};

const reasonOf = (notice: Notice): string | undefined => {
  if (notice.kind === 'unreadable') return notice.reason;
  return notice.kind === 'leaving' ? notice.unread : undefined;
};

const keepLetter = async ({ letters }: IntakePorts, { messageId, body }: Intake, reason: string) => {
  try {
    await letters.keep({ body, reason, from: 'instance-leaving' });
    return true;
  } catch (error) {
    logFailure({ messageId, error });
    return false;
  }
};

/** Reads the clusters' documents, then asks the clusters for the instances that none of them has a drain of. */
const lookAround = async (
  ports: IntakePorts,
  news: readonly InstanceLeaving[],
): Promise<{ readonly places: KnownPlaces; readonly isAnythingUnread: boolean }> => {
  const documents = new Map<string, LeavingDocument>();
  let isAnythingUnread = false;
  const readDocument = async (cluster: string): Promise<void> => {
    try {
      const stored = await readJson(ports.store, leavingKey(cluster), leavingDocument);
      if (stored !== undefined) documents.set(cluster, stored.value);
    } catch (error) {
      isAnythingUnread = true;
      logFailure({ cluster, error });
    }
  };
  if (news.length > 0) {
    ports.pace.prepare?.(['resourceRead']);
    await Promise.all(ports.clusters.map(readDocument));
  }
  const instanceIds = [...new Set(news.map(({ instanceId }) => instanceId))];
  const unplaced = instanceIds.filter((id) => clusterKnowing(documents, id, 'going on') === undefined);
  const located = await locateInstances(ports, ports.clusters, unplaced);
  for (const [cluster, error] of located.failures) logFailure({ cluster, error });
  return { places: { documents, located }, isAnythingUnread: isAnythingUnread || located.failures.size > 0 };
};
