import { expect, it } from 'vitest';
import { recordsOf, someDrains } from '../support/drain-one.ts';

it('ends hundreds of drains that Auto Scaling waits for in steps that stay short', async () => {
  const instances = 300;
  const drains = someDrains({ instances, services: [] });
  const { platform, steps } = drains;
  const records = await drains.play(async () => {
    const ids = platform.instances().map(({ instanceId }) => instanceId);
    const warned = platform.pool.interrupt(ids);
    await drains.hear([
      ...warned.map(({ event }) => event),
      ...ids.map((id) => platform.pool.terminate(id).event),
    ]);
    await drains.finished();
    return recordsOf(drains);
  });
  expect(records).toHaveLength(instances);
  expect(platform.calls().get('completeLifecycleAction')).toMatchObject({ made: instances });
  // A function has a minute, and the calls come out of a bucket of 5 a second: all at once would take 44 s.
  expect(steps.longestMillis).toBeLessThan(20_000);
});
