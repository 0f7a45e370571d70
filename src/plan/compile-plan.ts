import type { Plan } from './plan.ts';
import type { PlanDocument } from './plan-document.ts';

/** The parts of a plan that only make sense together, or that need files. */
export type CompiledParts = Pick<
  Plan,
  | 'name'
  | 'target'
  | 'load'
  | 'warmupSeconds'
  | 'tls'
  | 'hooks'
  | 'variables'
  | 'scenarios'
  | 'thresholds'
  | 'abortOn'
>;

/** A plan that can run when nothing was reported. */
export const compilePlan = (
  document: PlanDocument,
  parts: CompiledParts,
  workers: number = document.workers.count,
): Plan => ({
  version: 1,
  ...parts,
  seed: document.seed,
  workers: {
    count: workers,
    threads: document.workers.threads,
    maxInFlight: document.workers.maxInFlight,
    readyTimeoutSeconds: document.workers.readyTimeout,
  },
  finishSeconds: document.finish,
  precise: document.precise ?? false,
  http: document.http,
  connections: {
    keepAlive: document.connections.keepAlive,
    ...(document.connections.max === undefined ? {} : { max: document.connections.max }),
  },
  cookies: document.cookies,
  validity: {
    sendLagP99Millis: document.validity.sendLagP99,
    missedFraction: document.validity.missed,
    missingSegments: document.validity.missingSegments,
    clockBoundMillis: document.validity.clockBound,
    cpuFraction: document.validity.cpu,
    eventLoopLagMillis: document.validity.eventLoopLag,
  },
});
