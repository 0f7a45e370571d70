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

/** A process is ready within a second or two, on a busy machine within ten. */
const ownReadyTimeoutSeconds = 30;

/** A plan that can run when nothing was reported. `chosen`: instead of its workers, and for a ready timeout that it leaves open. */
export const compilePlan = (
  document: PlanDocument,
  parts: CompiledParts,
  chosen: { readonly workers?: number; readonly readyTimeoutSeconds?: number } = {},
): Plan => ({
  version: 1,
  ...parts,
  seed: document.seed,
  workers: {
    count: chosen.workers ?? document.workers.count,
    threads: document.workers.threads,
    maxInFlight: document.workers.maxInFlight,
    readyTimeoutSeconds:
      document.workers.readyTimeout ?? chosen.readyTimeoutSeconds ?? ownReadyTimeoutSeconds,
    ...(document.workers.spot === undefined ? {} : { spot: document.workers.spot }),
  },
  ...(document.maxCostUsd === undefined ? {} : { maxCostUsd: document.maxCostUsd }),
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
