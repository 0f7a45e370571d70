import { seededRandom } from '../../../src/plan/random.ts';
import { type SimulatedScaling, simulateScaling } from '../../../src/platform/local/simulated-scaling.ts';
import type { SimulatedInstance } from '../../../src/platform/local/simulation/simulated-instance.ts';
import type { ScalingDecision } from '../../../src/scaling/scaling-decision.ts';
import type { CarriedOut, TickResult } from '../../../src/scaling/tick/tick-result.ts';
import { aWeek } from './a-week.ts';
import { interruptionsPerHour, isNight, planEvents, type WeekEvent } from './week-events.ts';
import { hourMillis, minuteMillis, weekStartMillis } from './week-services.ts';

/** How things truly stood at a minute. */
export interface Minute {
  readonly atMillis: number;
  readonly services: Readonly<Record<string, { readonly desired: number; readonly running: number }>>;
  readonly pools: Readonly<Record<string, { readonly target: number; readonly members: number }>>;
  /** Registered, and of those ACTIVE. */
  readonly registered: number;
  readonly active: number;
  /** CPU that tasks reserve. */
  readonly reservedCpu: number;
}

export interface PlayedWeek {
  readonly scaling: SimulatedScaling;
  readonly minutes: readonly Minute[];
  readonly actions: readonly (CarriedOut & { readonly atMillis: number })[];
  readonly decisions: readonly { readonly atMillis: number; readonly decision: ScalingDecision }[];
  readonly ticks: { ticked: number; ignored: number; longestMillis: number; readonly failures: string[] };
  /** By instance id: what took it away. */
  readonly departures: ReadonlyMap<string, { readonly cause: Departure; readonly atMillis: number }>;
  /** Tasks of their own: when they were asked for, and when they ran. */
  readonly batches: readonly { readonly askedAtMillis: number; readonly placedAtMillis: number | null }[];
  readonly events: readonly WeekEvent[];
}

export interface PlayOptions {
  /** With calls that go wrong, and two ticks at once. */
  readonly isIll?: boolean;
  /** Called when half an hour has passed. */
  readonly meddle?: (scaling: SimulatedScaling) => void;
}

export type Departure = 'interrupted' | 'operator' | 'scaled in';

const spotPool = 'ec2Fleet fleet-spot';
/** From a recommendation to the interruption; and from an operator's drain to when he looks whether it is over. */
const laterMillis = 25 * minuteMillis;
const batchTask = { cpu: 3_000, memoryMib: 8_000 };

/** Plays the cluster from one hour of the week to another. */
export const playWeek = async (
  seed: number,
  fromHour: number,
  toHour: number,
  { isIll = false, meddle = () => undefined }: PlayOptions = {},
): Promise<PlayedWeek> => {
  const startMillis = weekStartMillis + fromHour * hourMillis;
  const endMillis = weekStartMillis + toHour * hourMillis;
  const scaling = simulateScaling(aWeek(seed, startMillis, isIll));
  const { platform, time } = scaling.drains;
  const { world, keeper } = platform;
  const random = seededRandom(seed, 12);
  const minutes: Minute[] = [];
  const actions: (CarriedOut & { readonly atMillis: number })[] = [];
  const decisions: { readonly atMillis: number; readonly decision: ScalingDecision }[] = [];
  const ticks = { ticked: 0, ignored: 0, longestMillis: 0, failures: [] as string[] };
  const departures = new Map<string, { readonly cause: Departure; readonly atMillis: number }>();
  const batches: { askedAtMillis: number; placedAtMillis: number | null }[] = [];
  const events = planEvents(seed, 7).filter(
    ({ atMillis }) => atMillis >= startMillis && atMillis < endMillis,
  );

  scaling.onTick((tick: TickResult) => {
    if (tick.kind === 'ignored') {
      ticks.ignored++;
      return;
    }
    ticks.ticked++;
    ticks.longestMillis = Math.max(ticks.longestMillis, tick.millis);
    const atMillis = time.nowMillis();
    ticks.failures.push(...tick.failures);
    for (const done of tick.actions) {
      actions.push({ ...done, atMillis });
      const { action, result } = done;
      if (action.kind === 'terminate' && result === 'done' && !departures.has(action.instanceId))
        departures.set(action.instanceId, { cause: 'scaled in', atMillis });
    }
    for (const decision of tick.decisions)
      if (decision.outcome !== 'hold') decisions.push({ atMillis, decision });
  });

  const later = (millis: number, act: () => void): void => time.at(time.nowMillis() + millis, act);
  const spot = (): readonly SimulatedInstance[] =>
    [...(keeper.pools.get(spotPool)?.members.values() ?? [])].map(({ instance }) => instance).filter(isThere);
  const interrupt = (leaving: readonly SimulatedInstance[]): void => {
    const going = leaving.filter(
      (one) => isThere(one) && departures.get(one.instanceId)?.cause !== 'interrupted',
    );
    for (const { instanceId } of going)
      departures.set(instanceId, { cause: 'interrupted', atMillis: time.nowMillis() });
    for (const { event } of platform.pool.interrupt(going.map(({ instanceId }) => instanceId)))
      void scaling.hear(event);
  };
  const pick = (from: readonly SimulatedInstance[], draw: number): SimulatedInstance | undefined =>
    from[Math.floor(draw * from.length)];

  const endWhenEmpty = (instance: SimulatedInstance): void => {
    if (!isThere(instance)) return;
    if (instance.liveTasks.size > 0) {
      later(laterMillis, () => endWhenEmpty(instance));
      return;
    }
    departures.set(instance.instanceId, { cause: 'operator', atMillis: time.nowMillis() });
    platform.pool.end(instance.instanceId);
  };
  const operatorDrains = async (draw: number): Promise<void> => {
    const staying = [...world.state.liveInstances].filter(({ status }) => status === 'ACTIVE');
    const instance = pick(staying, draw);
    if (instance === undefined) return;
    const { instanceId } = instance;
    await scaling.ports.drains.request({ instanceId, deadlineSeconds: null, requestedBy: 'an operator' });
    later(laterMillis, () => endWhenEmpty(instance));
  };
  const runBatch = async (lastsMillis: number): Promise<void> => {
    const batch: (typeof batches)[number] = { askedAtMillis: time.nowMillis(), placedAtMillis: null };
    const taskId = `batch-${batches.push(batch)}`;
    while (time.nowMillis() < endMillis) {
      if (world.runTask('batch', batchTask, lastsMillis) !== undefined) {
        batch.placedAtMillis = time.nowMillis();
        return;
      }
      scaling.wanted({ group: 'family:batch', taskId, ...batchTask });
      await time.sleep(minuteMillis);
    }
  };
  const happen = (event: WeekEvent): void => {
    if (event.kind === 'deployment') {
      const service = world.state.services.get(event.service);
      if (service !== undefined) world.deploy(service);
    } else if (event.kind === 'batch') void runBatch(event.lastsMillis);
    else if (event.kind === 'operatorDrain') void operatorDrains(event.draw);
    else if (event.kind === 'rebalance') {
      const instance = pick(spot(), event.draw);
      if (instance === undefined || departures.has(instance.instanceId)) return;
      for (const recommended of platform.pool.recommend([instance.instanceId]))
        void scaling.hear(recommended);
      later(laterMillis, () => interrupt([instance]));
    } else {
      const pool = keeper.pools.get(spotPool);
      if (pool !== undefined) pool.dryUntilMillis = time.nowMillis() + event.dryMillis;
      const there = spot();
      interrupt(there.slice(0, Math.ceil(there.length * event.share)));
    }
  };
  const eachMinute = async (): Promise<void> => {
    // Between two ticks, so that what a tick has ordered has been heard.
    await time.sleep(minuteMillis / 2);
    for (; time.nowMillis() < endMillis; await time.sleep(minuteMillis)) {
      minutes.push(lookAt(scaling));
      if (isNight(time.nowMillis())) continue;
      interrupt(spot().filter(() => random() < interruptionsPerHour / 60));
    }
  };

  await scaling.drains.play(async () => {
    await scaling.apply();
    later(hourMillis / 2, () => meddle(scaling));
    for (const event of events) time.at(event.atMillis, () => happen(event));
    await Promise.all([scaling.runUntil(endMillis), eachMinute()]);
  });
  return { scaling, minutes, actions, decisions, ticks, departures, batches, events };
};

const isThere = ({ goneAtMillis, registeredAtMillis }: SimulatedInstance): boolean =>
  goneAtMillis === null && registeredAtMillis !== null;

const lookAt = ({ drains }: SimulatedScaling): Minute => {
  const { world, keeper } = drains.platform;
  const { services, liveInstances } = world.state;
  const live = [...liveInstances];
  return {
    atMillis: drains.time.nowMillis(),
    services: Object.fromEntries(
      [...services.values()]
        .filter(({ setup }) => setup.schedulingStrategy !== 'DAEMON')
        .map(({ serviceName, desiredCount, running }) => [
          serviceName,
          { desired: desiredCount, running: running.now },
        ]),
    ),
    pools: Object.fromEntries(
      [...keeper.pools.values()].map(({ setup, targetUnits, members }) => [
        setup.id,
        { target: targetUnits, members: members.size },
      ]),
    ),
    registered: live.length,
    active: live.filter(({ status }) => status === 'ACTIVE').length,
    reservedCpu: live.reduce((sum, { size, liveTasks }) => {
      let cpu = 0;
      for (const { origin } of liveTasks) cpu += origin.definition.cpu;
      return sum + Math.min(cpu, size.cpu);
    }, 0),
  };
};
