import type { EngineRun, EngineShard } from '../../../src/engine/engine.ts';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { aShard, startedClock } from './a-plan.ts';
import { CheckingSink } from './checking-sink.ts';

/** Runs a plan to its end and returns what was measured. */
export const played = async (
  plan: Plan,
  overrides: Partial<EngineShard> = {},
): Promise<CheckingSink & { readonly run: EngineRun }> => {
  const sink = new CheckingSink();
  const run = nativeEngine.start(aShard(plan, overrides), startedClock(), sink);
  await run.finished;
  if (sink.open !== 0 || sink.started !== sink.completions.length + sink.failures.length) {
    throw new Error(
      `${sink.started} started, ${sink.completions.length} completed, ${sink.failures.length} failed`,
    );
  }
  return Object.assign(sink, { run });
};

/** The load of a single arrival. */
export const oneArrival = {
  model: 'open',
  arrivals: 'even',
  stages: [{ seconds: 0.01, from: 100, to: 100 }],
} as const;
