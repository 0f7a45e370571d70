import { logFailure } from '../../calls/log-failure.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import type { DeadLetters } from '../../platform/ports/dead-letters.ts';
import type { InstanceAddresses } from '../../platform/ports/instance-addresses.ts';
import type { DrainClusters, DrainPorts } from '../drain-ports.ts';
import { bucketsOf } from './route-balancers.ts';
import type { KnownTarget } from './targets-document.ts';

/** What following tasks stands on. */
export type TargetPorts = Pick<DrainPorts, 'store' | 'cluster' | 'balancer' | 'pace' | 'time' | 'random'>;
/** What registering stands on besides. */
export type JoinPorts = TargetPorts & { readonly addresses: InstanceAddresses };
export type TargetIntakePorts = JoinPorts & DrainClusters & { readonly letters: DeadLetters };

/** One call a group. The groups whose call failed, with why. */
export const callGroups = async (
  ports: TargetPorts,
  action: 'register' | 'deregister',
  targets: readonly KnownTarget[],
): Promise<ReadonlyMap<string, unknown>> => {
  const byGroup = new Map<string, KnownTarget[]>();
  for (const target of targets) byGroup.set(target.group, [...(byGroup.get(target.group) ?? []), target]);
  const failures = new Map<string, unknown>();
  await eachOf([...byGroup], 4, async ([group, ofGroup]) => {
    const plain = ofGroup.map(({ id, port }) => ({ id, port }));
    try {
      await pacedCall(ports, bucketsOf(group, 'change'), () => ports.balancer[action](group, plain));
    } catch (error) {
      logFailure({ action, group, error });
      failures.set(group, error);
    }
  });
  return failures;
};
