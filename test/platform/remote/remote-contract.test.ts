import { afterEach, describe, expect, it } from 'vitest';
import { serveApi } from '../../../src/api/http-server.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import { serverUploadTickets } from '../../../src/platform/local/server-upload-tickets.ts';
import type { RunSchedule, RunSchedules } from '../../../src/platform/ports/run-schedules.ts';
import { aStartRequest, describeRunApiContract } from '../../contract/run-api.contract.ts';
import { aDirectRunApi } from '../../run/run-api-under-test.ts';
import { remoteAt } from './stack-server.ts';

const paperSchedules = (): RunSchedules => {
  const kept = new Map<string, RunSchedule>();
  return {
    put: async (schedule) => void kept.set(schedule.name, schedule),
    list: async () => [...kept.values()],
    delete: async (name) => kept.delete(name),
  };
};

/** The command line's side of a stack against the real routes, over HTTP. */
const openRemote = async (allowedTargets: readonly string[] = []) => {
  const direct = aDirectRunApi();
  const server = await serveApi({
    port: 0,
    portsAt: (url) => ({
      runs: direct.api,
      store: direct.store,
      uploads: serverUploadTickets(url, () => 0),
      guard: addressGuard(allowedTargets),
      schedules: paperSchedules(),
    }),
    report: (error) => {
      throw error;
    },
  });
  return { ...direct, ...remoteAt(server.url), close: () => server.close() };
};

describeRunApiContract('remote', () => openRemote());

describe('a plan that is sent to a stack', () => {
  let close: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await close?.();
    close = undefined;
  });

  const far = (): ReturnType<typeof aStartRequest> => {
    const request = aStartRequest();
    const text = request.source.text.replace('http://127.0.0.1:8080', 'http://shop.test');
    return { ...request, source: { ...request.source, text } };
  };

  it('is refused where its target is not allowed, placed as on this machine', async () => {
    const stack = await openRemote();
    close = stack.close;
    await expect(stack.api.start(far())).rejects.toMatchObject({
      name: 'PlanRefused',
      problems: [{ code: 'target-not-allowed', file: 'plan.yml', line: 3, path: 'target' }],
    });
    expect(await stack.api.check(far())).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'target-not-allowed' }],
    });
    expect((await stack.api.list({ limit: 1 })).runs).toEqual([]);
  });

  it('is started where its target is allowed', async () => {
    const stack = await openRemote(['shop.test']);
    close = stack.close;
    expect(await stack.api.start(far())).toMatchObject({ created: true });
  });

  it('is scheduled, listed and unscheduled', async () => {
    const stack = await openRemote();
    close = stack.close;
    const schedule = { name: 'nightly', expression: 'rate(1 day)', timezone: 'UTC' };
    await stack.schedules.put(schedule, aStartRequest());
    expect(await stack.schedules.list()).toMatchObject([{ ...schedule, enabled: true }]);
    expect(await stack.schedules.delete('nightly')).toBe(true);
    expect(await stack.schedules.delete('nightly')).toBe(false);
  });
});
