import { parseDuration } from '../../document/parse-quantity.ts';
import type { SimulationSummary } from './summarise-result.ts';

/** What a deployment can do: the fast tick's own, and whole minutes by the schedule. */
const possibleSeconds = [10, 15, 20, 30, 60, 120, 180, 300, 600, 900];

/** `interval=10s..5m` as the intervals within it, ascending; undefined when it isn't that, or none is in it. */
export const parseSweep = (text: string): readonly number[] | undefined => {
  const [, from = '', to = ''] = /^interval=([^.]+(?:\.\d+[^.]*)?)\.\.(.+)$/.exec(text) ?? [];
  const least = parseDuration(from);
  const most = parseDuration(to);
  if (least === undefined || most === undefined) return undefined;
  const within = possibleSeconds.filter((seconds) => seconds >= least && seconds <= most);
  return within.length === 0 ? undefined : within;
};

export interface SweepAdvice {
  readonly everySeconds: number;
  /** Who drops fewest, or keeps nobody waiting for longest. */
  readonly bestSeconds: number;
  /** What was compared. */
  readonly by: 'dropped' | 'delay' | 'nothing';
  readonly sentence: string;
}

/** A slower tick is as good when it loses at most so much more. */
const withinShare = 0.05;
/** Of all requests: losing so few is losing none. */
const fewDropped = 0.0001;
const shortSeconds = 5;

const many = (value: number): string => Math.round(value).toLocaleString('en-US');

/** `10s`, `5m`: as `every` has it in a policy. */
export const formatInterval = (seconds: number): string =>
  seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;

const how = (seconds: number): string =>
  seconds < 60 ? 'which takes the fast tick (statemachines/fast-tick.asl.yml)' : 'which the schedule does';

/**
 * The slowest interval that is nearly as good as the best: each tick costs calls of AWS's APIs, whose rates are limited.
 * @param runs At least one.
 */
export const adviseInterval = (runs: readonly SimulationSummary[]): SweepAdvice => {
  const requests = Math.max(0, ...runs.map((run) => run.requests));
  const drops = runs.some(({ dropped }) => dropped > fewDropped * requests);
  const waits = runs.some(({ worstDelaySeconds }) => worstDelaySeconds > shortSeconds);
  const by = drops ? 'dropped' : waits ? 'delay' : 'nothing';
  const lossOf = ({ dropped, worstDelaySeconds }: SimulationSummary): number =>
    by === 'dropped' ? dropped : by === 'delay' ? worstDelaySeconds : 0;
  const least = by === 'dropped' ? fewDropped * requests : shortSeconds;
  const slowestFirst = runs.toSorted((one, other) => other.everySeconds - one.everySeconds);
  const best = slowestFirst.reduce((lowest, run) => (lossOf(run) < lossOf(lowest) ? run : lowest));
  const allowed = Math.max(lossOf(best) * (1 + withinShare), least);
  const taken = slowestFirst.find((run) => lossOf(run) <= allowed) ?? best;
  const said = (run: SimulationSummary): string =>
    by === 'dropped'
      ? `${many(run.dropped)} dropped requests`
      : `a wait of ${many(run.worstDelaySeconds)} s at the longest`;
  const { everySeconds } = taken;
  const take = `Take every: ${formatInterval(everySeconds)}, ${how(everySeconds)}`;
  const next = slowestFirst.findLast((run) => run.everySeconds > everySeconds);
  const slower = next === undefined ? '' : ` Every ${formatInterval(next.everySeconds)} it is ${said(next)}.`;
  const sentence =
    by === 'nothing'
      ? `${take}: nothing is dropped and nobody waits at any of them, so the slowest is enough.`
      : taken === best
        ? `${take}: it has the least, ${said(best)}.${slower}`
        : `${take}: ${said(taken)}, and the best, every ${formatInterval(best.everySeconds)}, has ${said(best)}.${slower}`;
  return { everySeconds, bestSeconds: best.everySeconds, by, sentence };
};
