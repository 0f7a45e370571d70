import { describeServices } from '../../calls/cluster-reads.ts';
import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf, inBatches, pacedCall } from '../../calls/paced-call.ts';
import type { ScalingAction } from '../scaling-decision.ts';
import type { ScalingPorts } from '../scaling-ports.ts';

type SetService = Extract<ScalingAction, { readonly kind: 'setService' }>;

const batchSize = 10;
/** As many calls as AWS lets through, and no batch waits long between the look and its last call. */
const atOnce = 2;

/**
 * Sets desired counts, where they are still what was decided on: UpdateService has no condition, so the counts are read
 * again right before, and somebody else's change between that call and the next is overwritten. Services that are to grow
 * come first: calls may run out of time.
 */
export const carryOutServices = async (
  ports: ScalingPorts,
  cluster: string,
  actions: readonly SetService[],
  tell: (action: SetService, result: string) => void,
): Promise<void> => {
  const growing = actions.filter(({ from, to }) => to > from);
  const shrinking = actions.filter(({ from, to }) => to <= from);
  await eachOf(inBatches([...growing, ...shrinking], batchSize), atOnce, async (batch) => {
    const fail = (action: SetService, error: unknown): void => {
      logFailure({ cluster, action, error });
      tell(action, reasonOf(error));
    };
    let counts: ReadonlyMap<string, number>;
    try {
      const names = batch.map(({ service }) => service);
      const services = await describeServices(ports, cluster, names);
      counts = new Map(services.map(({ serviceName, desiredCount }) => [serviceName, desiredCount]));
    } catch (error) {
      for (const action of batch) fail(action, error);
      return;
    }
    for (const action of batch) {
      const { service, from, to } = action;
      const now = counts.get(service);
      if (now === to) tell(action, 'done');
      else if (now !== from) tell(action, 'changed-by-others');
      else
        try {
          await pacedCall(ports, 'serviceModify', () => ports.cluster.setDesiredCount(cluster, service, to));
          tell(action, 'done');
        } catch (error) {
          fail(action, error);
        }
    }
  });
};
