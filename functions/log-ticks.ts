import { describeTicks } from '../src/scaling/tick/describe-ticks.ts';
import type { ScalingTicks } from '../src/scaling/tick/scaling-ticks.ts';

/** Logs what CloudWatch makes metrics of, and gives what an answer says of ticks: their decisions are in the decision log. */
export const logTicks = ({ ticks, failed }: Pick<ScalingTicks, 'ticks' | 'failed'>): object => {
  // Not console.log: with Lambda's JSON log format that wraps the line, and CloudWatch finds no metric in it.
  for (const line of describeTicks({ ticks, failed }, Date.now()))
    process.stdout.write(`${JSON.stringify(line)}\n`);
  const of = (kind: 'ticked' | 'ignored'): number => ticks.filter((tick) => tick.kind === kind).length;
  return { ticked: of('ticked'), ignored: of('ignored'), failed: failed.length };
};
