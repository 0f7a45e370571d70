import { BadInputError, DrainAlreadyEndedError, DrainNotFoundError } from '../../errors.ts';
import { readJson } from '../../store/stored-json.ts';
import type { LeavingCause } from '../leaving/instance-leaving.ts';
import {
  type LeavingDocument,
  type LeavingInstance,
  leavingDocument,
  leavingKey,
} from '../leaving/leaving-document.ts';
import { mergeAndWake } from '../leaving/merge-and-wake.ts';
import { updateLeaving } from '../leaving/update-leaving.ts';
import { nameOfId } from '../records/read-drain.ts';
import { findRunning } from '../records/running-drains.ts';
import { turnOf } from '../unhurried/turn-of.ts';
import { type CancelDecision, decideCancel } from './decide-cancel.ts';
import type { RequestPorts } from './request-drain.ts';

/**
 * Takes a drain back: the instance becomes ACTIVE again, and what was deregistered and still runs is registered again.
 * Doing it twice is doing it once. Throws `DrainAlreadyEnded`, `DrainNotFound`, and `BadInput` when the instance goes
 * whatever anybody says.
 */
export const cancelDrain = async (
  ports: RequestPorts,
  drainId: string,
  cancelledBy: string,
): Promise<void> => {
  const cluster = await clusterOfDrain(ports, drainId);
  let decision: CancelDecision = { kind: 'ended' };
  const document = await updateLeaving(ports, cluster, (current) => {
    const entry = entryOf(current, drainId);
    if (current === undefined || entry === undefined) throw ended(drainId);
    decision = decideCancel(entry);
    return decision.kind === 'cancel'
      ? withEntry(current, { ...entry, cancelledAtMillis: ports.time.nowMillis(), cancelledBy })
      : current;
  });
  refuse(decision, drainId);
  const entry = entryOf(document, drainId);
  if (entry === undefined || entry.endedAtMillis !== undefined) return;
  await mergeAndWake(ports, cluster, []);
  if (entry.pace === 'unhurried') await ports.conductor.conductInstance(cluster, drainId, turnOf(entry));
};

const entryOf = (document: LeavingDocument | undefined, drainId: string): LeavingInstance | undefined =>
  Object.values(document?.instances ?? {}).find((entry) => entry.drainId === drainId);

const withEntry = (document: LeavingDocument, entry: LeavingInstance): LeavingDocument => ({
  ...document,
  instances: { ...document.instances, [entry.instanceId]: entry },
});

const ended = (drainId: string): DrainAlreadyEndedError =>
  new DrainAlreadyEndedError(`drain ${drainId} has ended; there is nothing to take back`);

const whyCertain: Readonly<Partial<Record<LeavingCause, string>>> = {
  'spot-terminate': 'EC2 takes the spot instance back',
  'spot-stop': 'EC2 stops the spot instance',
  'spot-hibernate': 'EC2 hibernates the spot instance',
  stopping: 'the instance is stopping',
  gone: 'the instance has stopped or was terminated',
  lifecycle: 'its Auto Scaling group terminates it',
};

const refuse = (decision: CancelDecision, drainId: string): void => {
  if (decision.kind === 'ended') throw ended(drainId);
  if (decision.kind !== 'certain') return;
  throw new BadInputError(
    `drain ${drainId} can't be taken back: ${whyCertain[decision.cause] ?? decision.cause} (${decision.cause}), whatever anybody says; let it end`,
  );
};

const clusterOfDrain = async (ports: RequestPorts, drainId: string): Promise<string> => {
  for (const cluster of ports.clusters) {
    const stored = await readJson(ports.store, leavingKey(cluster), leavingDocument);
    if (entryOf(stored?.value, drainId) !== undefined) return cluster;
  }
  if ((await nameOfId(ports, await findRunning(ports), drainId)) !== undefined) throw ended(drainId);
  throw new DrainNotFoundError(`no drain has the id "${drainId.slice(0, 60)}"; drains lists them`);
};
