import { describe, expect, it } from 'vitest';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import type { Plan, Stage } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { answeringThread } from '../support/answering-thread.ts';
import { makeCertificate } from '../support/certificate.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const usersAt = (target: string, stages: readonly Stage[], overrides: Partial<Plan> = {}): Plan =>
  aPlan({
    target,
    load: { model: 'closed', stages },
    scenarios: [aScenario([aRequest(), { kind: 'think', minSeconds: 0.1, maxSeconds: 0.1 }])],
    ...overrides,
  });
const sevenUsers: readonly Stage[] = [{ seconds: 0.5, from: 7, to: 7 }];

describe('virtual users', () => {
  it('have a connection each, and keep it from one iteration to the next', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const sink = await played(usersAt(server.url, sevenUsers));
    expect(sink.failures).toEqual([]);
    expect(sink.completions.length).toBeGreaterThan(7);
    expect(server.connections()).toBe(7);
  });

  it('have one over TLS too, though what they send is long and they send it without a pause', async () => {
    await using server = await answeringThread(await makeCertificate());
    const body = { format: 'text', template: 'x'.repeat(40_000) } as const;
    const steps = [aRequest({ method: 'POST', body })];
    const plan = usersAt(server.url, [{ seconds: 0.5, from: 3, to: 3 }], {
      tls: { verify: false },
      scenarios: [aScenario(steps)],
    });
    const sink = await played(plan);
    expect(sink.failures).toEqual([]);
    expect(sink.completions.length).toBeGreaterThan(10);
    expect(server.connections()).toBe(3);
  });

  it('share connections when the plan limits them', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const sink = await played(usersAt(server.url, sevenUsers, { connections: { keepAlive: true, max: 3 } }));
    expect(sink.failures).toEqual([]);
    expect(server.connections()).toBe(3);
  });

  it('close their connections when they leave', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const stages = [
      { seconds: 0.3, from: 6, to: 6 },
      { seconds: 0.6, from: 1, to: 1 },
    ];
    const plan = usersAt(server.url, stages);
    const run = nativeEngine.start(aShard(plan), startedClock(), new CheckingSink());
    const open: number[] = [];
    const look = setInterval(() => open.push(run.openSockets()), 20);
    await run.finished;
    clearInterval(look);
    expect(Math.max(...open)).toBe(6);
    expect(open.at(-1)).toBe(1);
    expect(server.connections()).toBe(6);
  });
});
