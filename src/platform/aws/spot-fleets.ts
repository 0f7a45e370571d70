import {
  DescribeSpotFleetInstancesCommand,
  DescribeSpotFleetRequestsCommand,
  type EC2Client,
  ModifySpotFleetRequestCommand,
  type SpotFleetRequestConfig,
} from '@aws-sdk/client-ec2';
import { CapacityRefusedError } from '../../errors.ts';
import type { CallPace } from '../ports/call-pace.ts';
import type { PoolFacts, PoolMembersPage } from '../ports/instance-pools.ts';
import { type Described, leaveOutMissing, missingAnswer } from './leave-out-missing.ts';
import { allPages, askPools, fleetMembers, keptPart, type PoolId, weightsOf } from './pool-calls.ts';

const pageSize = 1000;

/** "Spot Fleet request states" in the user guide: the others launch nothing any more, or have nothing left. */
const maintained: ReadonlySet<string> = new Set(['submitted', 'active', 'modifying']);
const gone: ReadonlySet<string> = new Set(['cancelled', 'failed']);

/** Spot Fleet requests of type `maintain` as pools. The client is made with one attempt for each call. */
export class SpotFleets {
  readonly #client: Pick<EC2Client, 'send'>;
  readonly #payMore: () => Promise<void>;

  constructor(client: Pick<EC2Client, 'send'>, pace: CallPace) {
    this.#client = client;
    this.#payMore = () => pace.pay('fleetRead');
  }

  async describe(ids: readonly PoolId[]): Promise<readonly PoolFacts[]> {
    const fleets = await leaveOutMissing(ids, (some) => this.#describe(some), this.#payMore);
    return fleets.flatMap(parseFleet);
  }

  /** EC2 refreshes the list now and then: for a while it may have instances that were terminated, and lack new ones. */
  async listMembers(id: PoolId, next?: string): Promise<PoolMembersPage> {
    const input = { SpotFleetRequestId: id, MaxResults: pageSize, NextToken: next };
    const { ActiveInstances, NextToken } = await askPools(`list the instances of Spot Fleet ${id}`, () =>
      this.#client.send(new DescribeSpotFleetInstancesCommand(input)),
    );
    return { members: fleetMembers(ActiveInstances), ...(NextToken ? { next: NextToken } : {}) };
  }

  async setTarget(id: PoolId, units: number): Promise<void> {
    const { Return: isDone } = await askPools(`set Spot Fleet ${id} to ${units}`, () =>
      this.#client.send(
        new ModifySpotFleetRequestCommand({
          SpotFleetRequestId: id,
          ExcessCapacityTerminationPolicy: 'noTermination',
          TargetCapacity: units,
        }),
      ),
    );
    if (isDone === false)
      throw new CapacityRefusedError(
        `Could not set Spot Fleet ${id} to ${units}: EC2 says that it was not done, and not why. Look at the request's history in the console.`,
      );
  }

  async #describe(ids: readonly PoolId[]): Promise<Described<SpotFleetRequestConfig>> {
    const what = `describe Spot Fleets ${ids.join(', ')}`;
    return askPools<Described<SpotFleetRequestConfig>>(
      what,
      async () => ({
        kind: 'described',
        items: await allPages(
          what,
          async (NextToken) => {
            const input = { SpotFleetRequestIds: [...ids], NextToken };
            const answer = await this.#client.send(new DescribeSpotFleetRequestsCommand(input));
            return { items: answer.SpotFleetRequestConfigs ?? [], next: answer.NextToken };
          },
          this.#payMore,
        ),
      }),
      (failure) => missingAnswer(failure, 'InvalidSpotFleetRequestId.NotFound'),
    );
  }
}

const parseFleet = (fleet: SpotFleetRequestConfig): readonly PoolFacts[] => {
  const { SpotFleetRequestId: id, SpotFleetRequestState = '', SpotFleetRequestConfig: config } = fleet;
  const targetUnits = config?.TargetCapacity;
  if (id === undefined || targetUnits === undefined || gone.has(SpotFleetRequestState)) return [];
  const overrides = (config?.LaunchTemplateConfigs ?? []).flatMap(({ Overrides }) => Overrides ?? []);
  return [
    {
      kind: 'spotFleet',
      id,
      targetUnits,
      ...keptPart('onDemand', config?.OnDemandTargetCapacity),
      maximumUnits: null,
      // The type is left out where it is the usual one.
      isMaintained: (config?.Type ?? 'maintain') === 'maintain' && maintained.has(SpotFleetRequestState),
      weights: weightsOf([...(config?.LaunchSpecifications ?? []), ...overrides]),
    },
  ];
};
