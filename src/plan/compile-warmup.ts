import { isMapping, type Report } from '../document/findings.ts';
import { peakValue } from './load-shape.ts';
import type { Load } from './plan.ts';

const isWarmup = (stage: unknown): boolean => isMapping(stage) && stage.warmup === true;

/** How long the warm-up stages take; reports those that come later, and a load that is nothing but warm-up. */
export const compileWarmup = (written: unknown, load: Load | undefined, report: Report): number => {
  const stages: readonly unknown[] = Array.isArray(written) ? written : [];
  const measuredFrom = stages.findIndex((stage) => !isWarmup(stage));
  if (measuredFrom < 0) {
    if (stages.length > 0)
      report({ path: ['load'], expected: 'at least one stage that is no warm-up, after those that are' });
    return 0;
  }
  for (const [index, stage] of stages.entries()) {
    if (index < measuredFrom || !isWarmup(stage)) continue;
    const path = ['load', index, 'warmup'];
    report({ path, of: 'key', expected: 'warm-up stages before all others' });
  }
  if (load === undefined) return 0;
  if (peakValue(load.stages) > 0 && peakValue(load.stages.slice(measuredFrom)) === 0) {
    report({ path: ['load'], expected: 'a stage with load after the warm-up' });
  }
  return load.stages.slice(0, measuredFrom).reduce((sum, { seconds }) => sum + seconds, 0);
};
