import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import type { ServiceCall } from '../../rehearsal/service-call.ts';
import { askQuery, type Forward, orAsRefused, queryRefusal } from './ask-service.ts';

const namespace = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';

/** What Auto Scaling refuses and moto fails at, or carries out. */
export const groupGaps = (): Readonly<Record<string, Behaviour>> => ({
  'autoscaling SetDesiredCapacity': (call, forward) =>
    orAsRefused(async () => {
      const name = field(call, 'AutoScalingGroupName');
      const group = (await groups(call, forward)).find((each) => each.name === name);
      if (group === undefined)
        return refuse(`AutoScalingGroup name not found - AutoScalingGroup ${name} not found`);
      const wanted = Number(field(call, 'DesiredCapacity'));
      if (wanted < group.minimum || wanted > group.maximum)
        return refuse(
          `New SetDesiredCapacity value ${wanted} is ${wanted > group.maximum ? `above max value ${group.maximum}` : `below min value ${group.minimum}`} for the AutoScalingGroup.`,
        );
      return forward(call);
    }),
  'autoscaling TerminateInstanceInAutoScalingGroup': (call, forward) =>
    orAsRefused(async () => {
      const instanceId = field(call, 'InstanceId');
      const group = (await groups(call, forward)).find((each) => each.instanceIds.includes(instanceId));
      if (group === undefined)
        return refuse(`Instance Id not found - No managed instance found for instance ID: ${instanceId}`);
      if (group.desired <= group.minimum)
        return refuse(
          `Currently, desiredSize equals minSize (${group.minimum}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
        );
      return forward(call);
    }),
});

const refuse = (message: string) => queryRefusal(namespace, 'ValidationError', message);

const field = (call: ServiceCall, name: string): string =>
  new URLSearchParams(call.body.toString()).get(name) ?? '';

interface Group {
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly desired: number;
  readonly instanceIds: readonly string[];
}

const groups = async (call: ServiceCall, forward: Forward): Promise<readonly Group[]> => {
  const xml = await askQuery(call, forward, 'DescribeAutoScalingGroups', { MaxRecords: '100' });
  const of = (part: string, name: string): string =>
    new RegExp(`<${name}>([^<]*)</${name}>`).exec(part)?.[1] ?? '';
  return xml
    .split(/(?=<AutoScalingGroupName>)/)
    .slice(1)
    .map((part) => ({
      name: of(part, 'AutoScalingGroupName'),
      minimum: Number(of(part, 'MinSize')),
      maximum: Number(of(part, 'MaxSize')),
      desired: Number(of(part, 'DesiredCapacity')),
      instanceIds: [...part.matchAll(/<InstanceId>([^<]+)<\/InstanceId>/g)].map((match) => match[1] ?? ''),
    }));
};
