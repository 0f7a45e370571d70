import type { DrainConductor } from '../../platform/ports/drain-conductor.ts';
import { readJson } from '../../store/stored-json.ts';
import { reasonOf } from '../coordinator/drain-session.ts';
import type { DrainClusters, DrainPorts } from '../drain-ports.ts';
import { turnOf } from '../unhurried/turn-of.ts';
import { leavingDocument, leavingKey } from './leaving-document.ts';
import { mergeAndWake } from './merge-and-wake.ts';

export type SweepPorts = Pick<DrainPorts, 'store' | 'time' | 'random'> &
  DrainClusters & { readonly conductor: DrainConductor };

export interface SweepResult {
  /** Drains that have not ended, in all clusters that could be read. */
  readonly hurried: number;
  readonly unhurried: number;
  readonly failed: readonly { readonly cluster: string; readonly reason: string }[];
}

/**
 * Wakes again whoever has to see to drains, of each cluster: a coordinator whose lease is stale gets a successor, and one
 * that never began begins. What goes wrong in one cluster holds no other up. Repeatable; to be called once a minute.
 */
export const sweepDrains = async (ports: SweepPorts): Promise<SweepResult> => {
  const failed: { readonly cluster: string; readonly reason: string }[] = [];
  const count = { hurried: 0, unhurried: 0 };
  const sweep = async (cluster: string): Promise<void> => {
    const stored = await readJson(ports.store, leavingKey(cluster), leavingDocument);
    if (stored === undefined) return;
    const left = Object.values(stored.value.instances).filter(
      ({ endedAtMillis }) => endedAtMillis === undefined,
    );
    for (const { pace } of left) count[pace]++;
    if (left.length === 0) return;
    await mergeAndWake(ports, cluster, []);
    const unhurried = left.filter(({ pace }) => pace === 'unhurried');
    const woken = await Promise.allSettled(
      unhurried.map((entry) => ports.conductor.conductInstance(cluster, entry.drainId, turnOf(entry))),
    );
    for (const each of woken) if (each.status === 'rejected') throw each.reason;
  };
  await Promise.all(
    ports.clusters.map((cluster) =>
      sweep(cluster).catch((error: unknown) => void failed.push({ cluster, reason: reasonOf(error) })),
    ),
  );
  return { ...count, failed };
};
