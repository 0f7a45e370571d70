import { planCompaction } from '../../../../src/logs/compaction/plan-compaction.ts';
import { prepareDay } from '../../../../src/logs/compaction/prepare-day.ts';
import { removeOld } from '../../../../src/logs/compaction/remove-old.ts';
import { switchDay } from '../../../../src/logs/compaction/switch-day.ts';
import type { CatalogPorts } from '../../../../src/logs/logs-ports.ts';

/** The states of compact-logs.asl.yml in their order; what fails ends the night. */
export const compactNight = async (
  ports: CatalogPorts,
  unload: (sql: string) => Promise<void>,
): Promise<void> => {
  for (let after = '', done = false; !done; ) {
    const removed = await removeOld(ports, { after });
    ({ after, done } = removed);
    if (removed.failed > 0) throw new Error('something could not be removed');
  }
  for (let after = '', more = true; more; ) {
    const plan = await planCompaction(ports, { after });
    ({ after, more } = plan);
    for (const day of plan.days) {
      const prepared = await prepareDay(ports, day);
      if (prepared.kind === 'nothing') continue;
      await unload(prepared.sql);
      await switchDay(ports, { ...day, generation: prepared.generation });
    }
  }
};
