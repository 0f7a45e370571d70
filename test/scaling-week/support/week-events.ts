import { seededRandom } from '../../../src/plan/random.ts';
import { hourMillis, minuteMillis, weekServices, weekStartMillis } from './week-services.ts';

/** What others do to the cluster, besides what is left to chance each minute (spot interruptions). */
export type WeekEvent =
  /** A part of the spot instances is taken back at once, and for a while there are no others. */
  | { readonly kind: 'storm'; readonly atMillis: number; readonly share: number; readonly dryMillis: number }
  | { readonly kind: 'rebalance'; readonly atMillis: number; readonly draw: number }
  | { readonly kind: 'deployment'; readonly atMillis: number; readonly service: string }
  | { readonly kind: 'operatorDrain'; readonly atMillis: number; readonly draw: number }
  /** A task of its own, so large that there may be no room for it. */
  | { readonly kind: 'batch'; readonly atMillis: number; readonly lastsMillis: number };

/** Each spot instance is interrupted so often in an hour, outside of the night. */
export const interruptionsPerHour = 0.02;
/** From when nothing happens, until 5 in the morning: what was disturbed has settled at one o'clock. */
export const lastHour = 23;
export const firstHour = 5;

export const isNight = (atMillis: number): boolean => {
  const hour = ((atMillis - weekStartMillis) / hourMillis) % 24;
  return hour < firstHour || hour >= lastHour;
};

/** In order. */
export const planEvents = (seed: number, days: number): readonly WeekEvent[] => {
  const random = seededRandom(seed, 11);
  const events: WeekEvent[] = [];
  for (let day = 0; day < days; day++) {
    const between = (fromHour: number, toHour: number): number => {
      const hours = 24 * day + fromHour + (toHour - fromHour) * random();
      return weekStartMillis + Math.floor((hours * hourMillis) / 1_000) * 1_000;
    };
    if (day % 3 === 1)
      events.push({ kind: 'storm', atMillis: between(9, 19), share: 0.4, dryMillis: 15 * minuteMillis });
    for (let count = 0; count < 4; count++)
      events.push({ kind: 'rebalance', atMillis: between(6, 21), draw: random() });
    for (const { name } of weekServices)
      events.push({ kind: 'deployment', atMillis: between(7, 21), service: name });
    for (let count = 0; count < 2; count++)
      events.push({ kind: 'operatorDrain', atMillis: between(8, 20), draw: random() });
    for (let count = 0; count < 4; count++)
      events.push({
        kind: 'batch',
        atMillis: between(6, 21),
        lastsMillis: Math.round((10 + 30 * random()) * minuteMillis),
      });
  }
  return events.sort((a, b) => a.atMillis - b.atMillis);
};
