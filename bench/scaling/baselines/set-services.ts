import type { ClusterSnapshot, ServiceSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { ScalingPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import type { Scaler } from '../../../src/scaling/simulate/simulation.ts';

/** Sets each service to what `wanted` says, within the limits of the policy; `undefined` leaves it alone. */
export const setServices = (
  snapshot: ClusterSnapshot,
  { services }: ScalingPolicy,
  wanted: (service: ServiceSnapshot) => number | undefined,
): readonly ScalingAction[] =>
  services.flatMap(({ service, minimum, maximum }): ScalingAction[] => {
    const own = snapshot.services.find((one) => one.service === service);
    const tasks = own && wanted(own);
    if (own === undefined || tasks === undefined) return [];
    const to = Math.max(minimum, Math.min(maximum, tasks));
    return to === own.desiredCount ? [] : [{ kind: 'setService', service, from: own.desiredCount, to }];
  });

/** Average CPU of each service. */
export const cpuMetrics = ({ services }: ScalingPolicy, periodSeconds: number): Scaler['metrics'] =>
  Object.fromEntries(services.map(({ service }) => [service, [{ kind: 'cpu', per: 'task', periodSeconds }]]));

/** The latest readings, oldest first; fewer when there aren't so many. */
export const latestValues = ({ readings }: ServiceSnapshot, count: number): readonly number[] =>
  (readings[0]?.points ?? []).slice(-count).map(({ value }) => value);
