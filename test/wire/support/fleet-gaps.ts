import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import type { ServiceAnswer, ServiceCall } from '../../rehearsal/service-call.ts';
import { askQuery, type Forward, orAsRefused } from './ask-service.ts';

const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';

/** A fleet of type `maintain`, of one instance type. */
interface Fleet {
  readonly id: string;
  readonly imageId: string;
  readonly type: string;
  readonly weight: number;
  readonly instanceIds: string[];
  target: number;
}

interface Kind {
  readonly missing: string;
  /** Of one fleet, as its description has it. */
  readonly item: (fleet: Fleet) => string;
}

const ec2Fleet: Kind = {
  missing: 'InvalidFleetId.NotFound',
  item: ({ id, target, type, weight }) =>
    `<item><fleetId>${id}</fleetId><fleetState>active</fleetState><type>maintain</type><targetCapacitySpecification><totalTargetCapacity>${target}</totalTargetCapacity></targetCapacitySpecification><launchTemplateConfigs><item><overrides><item><instanceType>${type}</instanceType><weightedCapacity>${weight}</weightedCapacity></item></overrides></item></launchTemplateConfigs></item>`,
};
const spotFleet: Kind = {
  missing: 'InvalidSpotFleetRequestId.NotFound',
  item: ({ id, target, type, weight }) =>
    `<item><spotFleetRequestId>${id}</spotFleetRequestId><spotFleetRequestState>active</spotFleetRequestState><spotFleetRequestConfig><iamFleetRole>role</iamFleetRole><targetCapacity>${target}</targetCapacity><type>maintain</type><launchSpecifications><item><instanceType>${type}</instanceType><weightedCapacity>${weight}</weightedCapacity></item></launchSpecifications></spotFleetRequestConfig></item>`,
};

/**
 * Fleets that keep their target: what is missing is launched whenever somebody asks for their instances, also what was
 * terminated without lowering the target before. Their first instances, and what EC2 knows of all of them, are moto's.
 */
export const fleetGaps = (): Readonly<Record<string, Behaviour>> => {
  const fleets = new Map<string, Fleet>();
  const ofId = (id: string): Fleet | undefined => fleets.get(id);

  const alive = async (call: ServiceCall, forward: Forward, fleet: Fleet): Promise<readonly string[]> => {
    if (fleet.instanceIds.length === 0) return [];
    const ids = fleet.instanceIds.map((id, index) => [`Filter.1.Value.${index + 1}`, id]);
    const described = await askQuery(call, forward, 'DescribeInstances', {
      'Filter.1.Name': 'instance-id',
      ...Object.fromEntries(ids),
      'Filter.2.Name': 'instance-state-name',
      'Filter.2.Value.1': 'running',
      'Filter.2.Value.2': 'pending',
    });
    return valuesOf(described, 'instanceId').filter((id) => fleet.instanceIds.includes(id));
  };

  const keepTarget = async (
    call: ServiceCall,
    forward: Forward,
    fleet: Fleet,
  ): Promise<readonly string[]> => {
    const running = await alive(call, forward, fleet);
    const missing = Math.ceil((fleet.target - running.length * fleet.weight) / fleet.weight);
    if (missing <= 0) return running;
    const launched = await askQuery(call, forward, 'RunInstances', {
      ImageId: fleet.imageId,
      InstanceType: fleet.type,
      MinCount: String(missing),
      MaxCount: String(missing),
    });
    const ids = valuesOf(launched, 'instanceId');
    fleet.instanceIds.push(...ids);
    return [...running, ...ids];
  };

  const create =
    (idField: string, listAction: string, idParameter: string, prefix: string, target: string): Behaviour =>
    async (call, forward) => {
      const answer = await forward(call);
      const [id] = valuesOf(answer.body.toString(), idField);
      if (answer.status !== 200 || id === undefined) return answer;
      const form = new URLSearchParams(call.body.toString());
      const of = (name: string): string => form.get(`${prefix}.${name}`) ?? '';
      const listed = await askQuery(call, forward, listAction, { [idParameter]: id });
      fleets.set(id, {
        id,
        imageId: of('ImageId'),
        type: of('InstanceType'),
        weight: Number(of('WeightedCapacity') || 1),
        instanceIds: [...valuesOf(listed, 'instanceId')],
        target: Number(form.get(target)),
      });
      return answer;
    };

  const describe =
    (action: string, parameter: string, set: string, kind: Kind): Behaviour =>
    async (call) => {
      const asked = listOf(call, parameter);
      const missing = asked.filter((id) => ofId(id) === undefined);
      if (missing.length > 0) return refuse(kind.missing, `The fleet IDs '${missing}' do not exist`);
      const items = asked.flatMap((id) => ofId(id) ?? []).map(kind.item);
      return ec2Answer(action, `<${set}>${items.join('')}</${set}>`);
    };

  const list =
    (action: string, parameter: string, kind: Kind): Behaviour =>
    (call, forward) =>
      orAsRefused(async () => {
        const fleet = ofId(new URLSearchParams(call.body.toString()).get(parameter) ?? '');
        if (fleet === undefined) return refuse(kind.missing, 'The fleet ID does not exist');
        const ids = await keepTarget(call, forward, fleet);
        const items = ids.map(
          (id) => `<item><instanceId>${id}</instanceId><instanceType>${fleet.type}</instanceType></item>`,
        );
        return ec2Answer(action, `<activeInstanceSet>${items.join('')}</activeInstanceSet>`);
      });

  const modify =
    (action: string, parameter: string, target: string, policy: string, kind: Kind): Behaviour =>
    (call) => {
      const form = new URLSearchParams(call.body.toString());
      const id = form.get(parameter) ?? '';
      const fleet = ofId(id);
      if (fleet === undefined)
        return Promise.resolve(refuse(kind.missing, `The fleet ID '${id}' does not exist`));
      if (form.get('ExcessCapacityTerminationPolicy') !== policy)
        return Promise.resolve(refuse('InvalidParameterValue', 'these fleets terminate nothing themselves'));
      fleet.target = Number(form.get(target));
      return Promise.resolve(ec2Answer(action, '<return>true</return>'));
    };

  const total = 'TargetCapacitySpecification.TotalTargetCapacity';
  const spotConfig = 'SpotFleetRequestConfig';
  return {
    'ec2 CreateFleet': create(
      'fleetId',
      'DescribeFleetInstances',
      'FleetId',
      'LaunchTemplateConfigs.1.Overrides.1',
      total,
    ),
    'ec2 RequestSpotFleet': create(
      'spotFleetRequestId',
      'DescribeSpotFleetInstances',
      'SpotFleetRequestId',
      `${spotConfig}.LaunchSpecifications.1`,
      `${spotConfig}.TargetCapacity`,
    ),
    'ec2 DescribeFleets': describe('DescribeFleets', 'FleetId', 'fleetSet', ec2Fleet),
    'ec2 DescribeSpotFleetRequests': describe(
      'DescribeSpotFleetRequests',
      'SpotFleetRequestId',
      'spotFleetRequestConfigSet',
      spotFleet,
    ),
    'ec2 DescribeFleetInstances': list('DescribeFleetInstances', 'FleetId', ec2Fleet),
    'ec2 DescribeSpotFleetInstances': list('DescribeSpotFleetInstances', 'SpotFleetRequestId', spotFleet),
    'ec2 ModifyFleet': modify('ModifyFleet', 'FleetId', total, 'no-termination', ec2Fleet),
    'ec2 ModifySpotFleetRequest': modify(
      'ModifySpotFleetRequest',
      'SpotFleetRequestId',
      'TargetCapacity',
      'noTermination',
      spotFleet,
    ),
  };
};

const valuesOf = (xml: string, field: string): readonly string[] => [
  ...new Set(
    [...xml.matchAll(new RegExp(`<${field}>([^<]+)</${field}>`, 'g'))].map((match) => match[1] ?? ''),
  ),
];

const listOf = (call: ServiceCall, parameter: string): readonly string[] =>
  [...new URLSearchParams(call.body.toString())]
    .filter(([name]) => name.startsWith(`${parameter}.`))
    .map(([, value]) => value);

const xmlAnswer = (status: number, text: string): ServiceAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(text),
});

/** EC2's answers have no result around what they hold. */
const ec2Answer = (action: string, content: string): ServiceAnswer =>
  xmlAnswer(200, `<${action}Response xmlns="${namespace}">${content}</${action}Response>`);

const refuse = (code: string, message: string): ServiceAnswer =>
  xmlAnswer(
    400,
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>00000000-0000-4000-8000-000000000000</RequestID></Response>`,
  );
