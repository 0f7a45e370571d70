import { seededRandom } from '../../src/plan/random.ts';
import { simulateDrains } from '../../src/platform/local/simulated-drains.ts';
import { needOf } from './drain-need.ts';
import type { DrainPolicy } from './drain-policy.ts';
import { measureStorm, type StormResult } from './storm-result.ts';
import { type DrainStorm, pickLeaving, setupOf } from './storms.ts';

/** From the warnings on: the two minutes, and another in which what was left over is cleared up. */
const watchedMillis = 180_000;

/** One storm as one policy sees to it, in simulated time. The same seed gives the same result. */
export const runStorm = async (
  storm: DrainStorm,
  policy: DrainPolicy,
  seed: number,
): Promise<StormResult> => {
  const drains = simulateDrains({ simulation: setupOf(storm, seed) });
  const { platform, time } = drains;
  const leaving = pickLeaving(platform.instances(), storm.leaving);
  const need = needOf(platform.instances(), leaving);
  const warnedAtMillis = time.nowMillis();
  let settledAtMillis: number | null = null;
  await drains.play(async () => {
    const warned = platform.pool.interrupt(leaving.map(({ instanceId }) => instanceId));
    const drained = policy.drain({ drains, warned, random: seededRandom(seed, 100) });
    const noted = drained.then((settled) => {
      settledAtMillis = settled;
    });
    await Promise.race([noted, time.sleep(watchedMillis)]);
    await time.sleep(Math.max(0, warnedAtMillis + watchedMillis - time.nowMillis()));
  });
  return measureStorm({ platform, leaving, need, warnedAtMillis, settledAtMillis });
};
