import { mergeGenerator } from './generator-tally.ts';
import {
  countDrops,
  countError,
  generatorOf,
  rowOf,
  type SecondTally,
  type StepTally,
  stepOf,
  stepOfSecond,
  type Tally,
} from './tally.ts';

const addSecond = (into: SecondTally, from: SecondTally): void => {
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
  into.response.add(from.response);
  into.service.add(from.service);
  for (const [name, counts] of from.steps) {
    const step = stepOfSecond(into, name);
    step.completed += counts.completed;
    step.failed += counts.failed;
  }
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
  into.lateMissed += from.lateMissed;
  into.duplicated += from.duplicated;
  for (const [worker, figures] of from.generators) mergeGenerator(generatorOf(into, worker), figures);
  for (const [scenario, reason] of from.endedScenarios) {
    const known = into.endedScenarios.get(scenario);
    if (known === undefined || reason < known) into.endedScenarios.set(scenario, reason);
  }
};
