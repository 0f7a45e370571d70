import {
  DescribeFleetInstancesCommand,
  DescribeFleetsCommand,
  type EC2Client,
  type FleetData,
  ModifyFleetCommand,
  type TargetCapacitySpecification,
} from '@aws-sdk/client-ec2';
import type { CallPace } from '../ports/call-pace.ts';
import type { PoolFacts, PoolMembersPage } from '../ports/instance-pools.ts';
import { type Described, leaveOutMissing, missingAnswer } from './leave-out-missing.ts';
import { allPages, askPools, fleetMembers, keptPart, type PoolId, weightsOf } from './pool-calls.ts';

const pageSize = 1000;

/** "EC2 Fleet request states" in the user guide: the others launch nothing any more, or have nothing left. */
const maintained: ReadonlySet<string> = new Set(['submitted', 'active', 'modifying']);
const gone: ReadonlySet<string> = new Set(['deleted', 'failed']);

/** EC2 Fleets of type `maintain` as pools. The client is made with one attempt for each call. */
export class Ec2Fleets {
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
    const input = { FleetId: id, MaxResults: pageSize, NextToken: next };
    const { ActiveInstances, NextToken } = await askPools(`list the instances of EC2 Fleet ${id}`, () =>
      this.#client.send(new DescribeFleetInstancesCommand(input)),
    );
    return { members: fleetMembers(ActiveInstances), ...(NextToken ? { next: NextToken } : {}) };
  }

  /** In whole: how much of it is spot is as the fleet has it by default. */
  async setTarget(id: PoolId, units: number): Promise<void> {
    await askPools(`set EC2 Fleet ${id} to ${units}`, () =>
      this.#client.send(
        new ModifyFleetCommand({
          FleetId: id,
          ExcessCapacityTerminationPolicy: 'no-termination',
          TargetCapacitySpecification: { TotalTargetCapacity: units },
        }),
      ),
    );
  }

  async #describe(ids: readonly PoolId[]): Promise<Described<FleetData>> {
    const what = `describe EC2 Fleets ${ids.join(', ')}`;
    return askPools<Described<FleetData>>(
      what,
      async () => ({
        kind: 'described',
        items: await allPages(
          what,
          async (NextToken) => {
            const input = { FleetIds: [...ids], NextToken };
            const answer = await this.#client.send(new DescribeFleetsCommand(input));
            return { items: answer.Fleets ?? [], next: answer.NextToken };
          },
          this.#payMore,
        ),
      }),
      (failure) => missingAnswer(failure, 'InvalidFleetId.NotFound'),
    );
  }
}

const parseFleet = (fleet: FleetData): readonly PoolFacts[] => {
  const { FleetId: id, FleetState = '', Type, TargetCapacitySpecification, LaunchTemplateConfigs } = fleet;
  const targetUnits = TargetCapacitySpecification?.TotalTargetCapacity;
  if (id === undefined || targetUnits === undefined || gone.has(FleetState)) return [];
  return [
    {
      kind: 'ec2Fleet',
      id,
      targetUnits,
      ...keptOf(TargetCapacitySpecification),
      maximumUnits: null,
      isMaintained: Type === 'maintain' && maintained.has(FleetState),
      weights: weightsOf((LaunchTemplateConfigs ?? []).flatMap(({ Overrides }) => Overrides ?? [])),
    },
  ];
};

/** A change of the total is one of the default part: the other stays. */
const keptOf = ({
  DefaultTargetCapacityType,
  OnDemandTargetCapacity,
  SpotTargetCapacity,
}: TargetCapacitySpecification = {}) =>
  DefaultTargetCapacityType === 'spot'
    ? keptPart('onDemand', OnDemandTargetCapacity)
    : keptPart('spot', SpotTargetCapacity);
