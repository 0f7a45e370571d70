import { mergeGenerator } from './generator-tally.ts';
import {
  countDrops,
  countError,
  generatorOf,
  rowOf,
  type SecondTally,
  type StepCounts,
  type StepTally,
  stepOf,
  stepOfSecond,
  type Tally,
} from './tally.ts';

/** All of a second but its histograms. */
export const addCounts = (
  into: SecondTally,
  from: Omit<SecondTally, 'response' | 'service' | 'steps'>,
  steps: Iterable<StepCounts & { readonly name: string }>,
): void => {
  into.arrived += from.arrived;
  into.dropped += from.dropped;
  into.droppedBusy += from.droppedBusy;
  into.started += from.started;
  into.completed += from.completed;
  into.failed += from.failed;
  into.inFlight += from.inFlight;
  into.bytesSent += from.bytesSent;
  into.bytesReceived += from.bytesReceived;
  into.cpuFraction = Math.max(into.cpuFraction, from.cpuFraction);
  into.eventLoopLagMicros = Math.max(into.eventLoopLagMicros, from.eventLoopLagMicros);
  for (const { name, completed, failed } of steps) {
    const step = stepOfSecond(into, name);
    step.completed += completed;
    step.failed += failed;
  }
};

const addSecond = (into: SecondTally, from: SecondTally): void => {
  addCounts(
    into,
    from,
    [...from.steps].map(([name, counts]) => ({ name, ...counts })),
  );
  into.response.add(from.response);
  into.service.add(from.service);
};

/** The first reason in the alphabet stays: keeping the first that came would let the order of merging show. */
export const endScenario = (into: Tally, scenario: string, reason: string): void => {
  const known = into.endedScenarios.get(scenario);
  if (known === undefined || reason < known) into.endedScenarios.set(scenario, reason);
};

const addStep = (into: StepTally, from: StepTally): void => {
  into.completed += from.completed;
  into.failed += from.failed;
  into.response.add(from.response);
  into.service.add(from.service);
  into.failedResponse.add(from.failedResponse);
};

export const mergeSeconds = (
  into: Map<number, SecondTally>,
  from: ReadonlyMap<number, SecondTally>,
): void => {
  for (const [second, row] of from) addSecond(rowOf(into, second), row);
};

/** Adds `from` to `into`. `from` is not changed and nothing of it is shared. */
export const mergeTally = (into: Tally, from: Tally): void => {
  mergeSeconds(into.seconds, from.seconds);
  mergeSeconds(into.warmup, from.warmup);
  for (const [name, step] of from.steps) addStep(stepOf(into, name), step);
  into.sendLag.add(from.sendLag);
  into.connect.add(from.connect);
  for (const error of from.errors.values())
    countError(into, error.kind, error.step, error.count, error.example);
  for (const [reason, count] of from.drops) countDrops(into, reason, count);
  into.duplicated += from.duplicated;
  for (const [worker, figures] of from.generators) mergeGenerator(generatorOf(into, worker), figures);
  for (const [scenario, reason] of from.endedScenarios) endScenario(into, scenario, reason);
};
