import {
  DeregisterTargetsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetGroup,
  type TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { BalancerRefusedError, BalancerUnavailableError } from '../../errors.ts';
import type { Balancer, BalancerGroup, BalancerTarget, TargetHealth } from '../ports/balancer.ts';
import type { CallPace } from '../ports/call-pace.ts';
import type { AwsFailure } from './aws-failure.ts';
import { passFailure } from './pass-failure.ts';

/** ELBv2's own, where a group has no such attribute. */
const defaultDelaySeconds = 300;

/**
 * The balancer port on ELBv2: a group is a target group's ARN. The client is made with one attempt for each call: callers
 * pay and try again. `describeGroups` makes a call for each group beside its own, for its attributes, and pays for those itself.
 */
export class Elbv2Balancer implements Balancer {
  readonly #client: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly #pace: CallPace;

  constructor(client: Pick<ElasticLoadBalancingV2Client, 'send'>, pace: CallPace) {
    this.#client = client;
    this.#pace = pace;
  }

  async describeGroups(groups: readonly string[]): Promise<readonly BalancerGroup[]> {
    const found: BalancerGroup[] = [];
    for (const group of await this.#targetGroups(groups)) {
      const arn = group.TargetGroupArn;
      const targetType = group.TargetType;
      if (arn === undefined || (targetType !== 'instance' && targetType !== 'ip')) continue;
      const isInUse = (group.LoadBalancerArns ?? []).length > 0;
      const deregistrationDelaySeconds = await this.#delaySeconds(arn);
      if (deregistrationDelaySeconds !== undefined)
        found.push({ group: arn, targetType, deregistrationDelaySeconds, isInUse });
    }
    return found;
  }

  async register(group: string, targets: readonly BalancerTarget[]): Promise<void> {
    if (targets.length === 0) return;
    await ask(`register targets with ${group}`, () =>
      this.#client.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets: described(targets) })),
    );
  }

  async deregister(group: string, targets: readonly BalancerTarget[]): Promise<void> {
    if (targets.length === 0) return;
    const command = new DeregisterTargetsCommand({ TargetGroupArn: group, Targets: described(targets) });
    await ask<unknown>(
      `deregister targets from ${group}`,
      () => this.#client.send(command),
      missing(undefined),
    );
  }

  async health(group: string): Promise<readonly TargetHealth[]> {
    const answer = await ask<{ TargetHealthDescriptions?: TargetHealthDescription[] | undefined }>(
      `read the health of the targets of ${group}`,
      () => this.#client.send(new DescribeTargetHealthCommand({ TargetGroupArn: group })),
      missing({}),
    );
    return (answer.TargetHealthDescriptions ?? []).flatMap(parseTargetHealth);
  }

  /** One that isn't there fails the whole call: then each is asked for alone. */
  async #targetGroups(groups: readonly string[]): Promise<readonly TargetGroup[]> {
    if (groups.length === 0) return [];
    const answer = await ask<readonly TargetGroup[] | undefined>(
      `describe the target groups ${groups.join(', ')}`,
      async () =>
        (await this.#client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [...groups] })))
          .TargetGroups ?? [],
      missing(undefined),
    );
    if (answer !== undefined) return answer;
    if (groups.length === 1) return [];
    const each: TargetGroup[] = [];
    for (const group of groups) {
      await this.#pace.pay('balancerAny');
      each.push(...(await this.#targetGroups([group])));
    }
    return each;
  }

  async #delaySeconds(group: string): Promise<number | undefined> {
    await this.#pace.pay('balancerAny');
    const attributes = await ask(
      `read the attributes of ${group}`,
      async () =>
        (await this.#client.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: group })))
          .Attributes ?? [],
      missing(undefined),
    );
    if (attributes === undefined) return undefined;
    const said = attributes.find(({ Key }) => Key === 'deregistration_delay.timeout_seconds')?.Value;
    const seconds = Number(said ?? defaultDelaySeconds);
    return Number.isFinite(seconds) ? seconds : defaultDelaySeconds;
  }
}

const described = (targets: readonly BalancerTarget[]): { Id: string; Port: number }[] =>
  targets.map(({ id, port }) => ({ Id: id, Port: port }));

const states = [
  'initial',
  'healthy',
  'unhealthy',
  'draining',
  'unhealthy.draining',
  'unused',
  'unavailable',
] as const satisfies readonly TargetHealth['state'][];

/** A state that isn't known here counts as one in which requests may come. */
export const parseTargetHealth = ({
  Target,
  TargetHealth,
}: TargetHealthDescription): readonly TargetHealth[] =>
  Target?.Id === undefined || Target.Port === undefined
    ? []
    : [
        {
          id: Target.Id,
          port: Target.Port,
          state: states.find((state) => state === TargetHealth?.State) ?? 'unavailable',
        },
      ];

const missing =
  <Answer>(answer: Answer) =>
  ({ name }: AwsFailure): { readonly answer: Answer } | undefined =>
    name === 'TargetGroupNotFoundException' || name === 'TargetGroupNotFound' ? { answer } : undefined;

const ask = <Answer>(
  action: string,
  call: () => Promise<Answer>,
  expected: (failure: AwsFailure) => { readonly answer: Answer } | undefined = () => undefined,
): Promise<Answer> =>
  passFailure(call, {
    action,
    advice: "Check the target group, its targets' type and network, and the role's rights.",
    kinds: { unavailable: BalancerUnavailableError, refused: BalancerRefusedError },
    expected,
  });
