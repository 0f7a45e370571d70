import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  openPlatform,
  openTarget,
  type RecordingTarget,
  type TestPlatform,
} from '../runs/harness.ts';

let platform: TestPlatform;
let target: RecordingTarget;

beforeEach(async () => {
  platform = await openPlatform();
  target = await openTarget();
});

afterEach(async () => {
  await platform.close();
  await target.close();
});

const users = Array.from({ length: 4000 }, (_, i) => `user-${i}`);

describe('offered load', () => {
  it.each([1, 2, 3, 7])(
    'is the same 4,000 arrivals with %i workers, and each data row is sent once',
    async (workers) => {
      const { runId } = await platform.api.start(
        compile(
          `
version: 1
name: rows
target: http://127.0.0.1:${target.port}
load: [{ for: 20s, rate: 200 }]
workers: { count: ${workers} }
scenarios:
  - name: visit
    data: { file: users.csv, use: once }
    steps: [{ get: "/{{user}}", name: visit }]
`,
          { 'users.csv': `user\n${users.join('\n')}\n` },
        ),
      );
      const summary = await platform.ended(runId);
      expect(summary.requests).toEqual({
        scheduled: 4000,
        started: 4000,
        completed: 4000,
        failed: 0,
        dropped: 0,
        missed: 0,
        unfinished: 0,
      });
      expect(summary.verdict.valid).toBe(true);
      expect([...target.paths].sort()).toEqual(users.map((user) => `/${user}`).sort());
    },
  );

  it('of a ramp follows its integral', async () => {
    const { runId } = await platform.api.start(
      compile(`
version: 1
name: ramp
target: http://127.0.0.1:${target.port}
load: [{ for: 10s, rate: 0 to 100 }]
workers: { count: 2 }
scenarios: [{ name: visit, steps: [{ get: / }] }]
`),
    );
    const summary = await platform.ended(runId);
    expect(summary.requests).toMatchObject({ scheduled: 500, started: 500, missed: 0 });
    expect(target.paths).toHaveLength(500);
  });
});

describe('verdict', () => {
  it('is invalid when the generator can not keep up, and says why', async () => {
    const { runId } = await platform.api.start(
      compile(
        `
version: 1
name: too-much
target: http://127.0.0.1:${target.port}
load: [{ for: 3s, rate: 200000 }]
workers: { count: 1 }
finish: 1s
scenarios: [{ name: visit, steps: [{ get: / }] }]
`,
        {},
        {},
      ),
    );
    const summary = await platform.ended(runId);
    expect(summary.outcome).toBe('invalid');
    expect(summary.verdict.reasons.join('\n')).toMatch(/The generator (sent late|could not keep up)/);
    expect(summary.requests.scheduled).toBe(600_000);
  });

  it('is failed when the target can not keep up, and says so', async () => {
    const slow = await openTarget((_, response) => setTimeout(() => response.end('late'), 5000));
    const { runId } = await platform.api.start(
      compile(`
version: 1
name: slow-target
target: http://127.0.0.1:${slow.port}
load: [{ for: 4s, rate: 50 }]
workers: { count: 1, maxInFlight: 50 }
scenarios: [{ name: visit, steps: [{ get: / }] }]
`),
    );
    const summary = await platform.ended(runId);
    await slow.close();
    expect(summary.outcome).toBe('failed');
    expect(summary.requests).toMatchObject({ scheduled: 200, dropped: 150, missed: 0 });
    expect(summary.verdict.reasons.join('\n')).toMatch(/The target could not keep up/);
  });
});
