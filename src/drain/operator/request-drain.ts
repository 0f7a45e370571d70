import { BadInputError } from '../../errors.ts';
import type { DrainRequested, RequestedDrain } from '../../platform/ports/drain-api.ts';
import type { DrainConductor } from '../../platform/ports/drain-conductor.ts';
import { readJson } from '../../store/stored-json.ts';
import type { DrainClusters, DrainPorts } from '../drain-ports.ts';
import { type LeavingDocument, leavingDocument, leavingKey } from '../leaving/leaving-document.ts';
import { locateInstances } from '../leaving/locate-instances.ts';
import { mergeAndWake } from '../leaving/merge-and-wake.ts';
import { clusterKnowing } from '../leaving/place-news.ts';
import { isInstanceId } from '../notices/notice-fields.ts';
import { nameClusters } from './require-cluster.ts';

/** What asking for drains stands on. */
export type RequestPorts = Pick<DrainPorts, 'store' | 'cluster' | 'pace' | 'time' | 'random'> &
  DrainClusters & { readonly conductor: DrainConductor };

const shortestSeconds = 1;
const longestSeconds = 7 * 86_400;

/**
 * An operator's wish that an instance be drained: merged into what is known of its cluster like any other news, so that
 * asking twice is the same drain. Throws `BadInput` for a wrong id or deadline, and for an instance in none of the clusters.
 */
export const requestDrain = async (ports: RequestPorts, request: DrainRequested): Promise<RequestedDrain> => {
  const { instanceId, deadlineSeconds, requestedBy } = request;
  requireSensible(request);
  const cluster = await clusterOf(ports, instanceId);
  const now = ports.time.nowMillis();
  const [change] = await mergeAndWake(ports, cluster, [
    {
      instanceId,
      cause: 'operator',
      noticedAtMillis: now,
      deadlineMillis: deadlineSeconds === null ? null : now + Math.round(deadlineSeconds * 1000),
      detail: requestedBy,
    },
  ]);
  const document = await readJson(ports.store, leavingKey(cluster), leavingDocument);
  const entry = document?.value.instances[instanceId];
  if (entry === undefined)
    throw new TypeError(`the entry of ${instanceId} is gone from ${leavingKey(cluster)}`);
  return { drainId: entry.drainId, cluster, pace: entry.pace, created: change === 'new' };
};

const requireSensible = ({ instanceId, deadlineSeconds }: DrainRequested): void => {
  if (!isInstanceId(instanceId)) {
    throw new BadInputError(
      `"${instanceId.slice(0, 60)}" is not the id of an EC2 instance: expected i- and 8 or 17 hexadecimal digits`,
    );
  }
  if (deadlineSeconds === null) return;
  if (deadlineSeconds >= shortestSeconds && deadlineSeconds <= longestSeconds) return;
  throw new BadInputError(
    `a deadline of ${deadlineSeconds} s can't be kept to: expected ${shortestSeconds} s to ${longestSeconds / 86_400} d, or none when there is no hurry`,
  );
};

/** The documents are asked first: an instance that is gone is in no cluster, though its drain may go on. */
const clusterOf = async (ports: RequestPorts, instanceId: string): Promise<string> => {
  const documents = new Map<string, LeavingDocument>();
  await Promise.all(
    ports.clusters.map(async (cluster) => {
      const stored = await readJson(ports.store, leavingKey(cluster), leavingDocument);
      if (stored !== undefined) documents.set(cluster, stored.value);
    }),
  );
  const known = clusterKnowing(documents, instanceId, 'going on');
  if (known !== undefined) return known;
  const located = await locateInstances(ports, ports.clusters, [instanceId]);
  const found = located.places.get(instanceId)?.cluster;
  if (found !== undefined) return found;
  // It may be in the one that could not be read.
  for (const error of located.failures.values()) throw error;
  throw new BadInputError(
    `instance ${instanceId} is registered in none of the clusters that are looked after: ${nameClusters(ports)}`,
  );
};
