import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import type { ServiceAnswer, ServiceCall } from '../../rehearsal/service-call.ts';
import { askQuery, type Forward, orAsRefused, queryAnswer } from './ask-service.ts';

const namespace = 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/';

/** Until the first health check has passed. */
const initialMillis = 300;

interface Target {
  readonly id: string;
  readonly port: string;
  readonly registeredAtMillis: number;
  /** Until when it is shown as draining, whether requests are in flight or not. */
  readonly drainingUntilMillis?: number;
}

/**
 * Targets as ELBv2 keeps them: known by id and port, `initial` and then healthy, `draining` for the group's whole
 * deregistration delay ("Deregistration delay" in the user guide of Application Load Balancers). The groups are moto's.
 */
export const elbv2Gaps = (): Readonly<Record<string, Behaviour>> => {
  const groups = new Map<string, Map<string, Target>>();

  const targetsOf = (group: string): Map<string, Target> => {
    const targets = groups.get(group) ?? new Map<string, Target>();
    groups.set(group, targets);
    for (const [name, { drainingUntilMillis = Number.POSITIVE_INFINITY }] of targets)
      if (drainingUntilMillis <= Date.now()) targets.delete(name);
    return targets;
  };

  /** With the group as moto describes it; moto's own refusal when there is none. */
  const onGroup =
    (
      work: (group: string, xml: string, call: ServiceCall, forward: Forward) => Promise<ServiceAnswer>,
    ): Behaviour =>
    (call, forward) =>
      orAsRefused(async () => {
        const group = new URLSearchParams(call.body.toString()).get('TargetGroupArn') ?? '';
        const parameters = { 'TargetGroupArns.member.1': group };
        return work(group, await askQuery(call, forward, 'DescribeTargetGroups', parameters), call, forward);
      });

  return {
    'elasticloadbalancing RegisterTargets': onGroup(async (group, xml, call) => {
      const targets = targetsOf(group);
      for (const { id, port } of askedTargets(call, xml)) {
        const known = targets.get(`${id} ${port}`);
        if (known === undefined || known.drainingUntilMillis !== undefined)
          targets.set(`${id} ${port}`, { id, port, registeredAtMillis: Date.now() });
      }
      return queryAnswer(namespace, 'RegisterTargets', '');
    }),
    'elasticloadbalancing DeregisterTargets': onGroup(async (group, xml, call, forward) => {
      const attributes = await askQuery(call, forward, 'DescribeTargetGroupAttributes', {
        TargetGroupArn: group,
      });
      const delay = /deregistration_delay\.timeout_seconds<\/Key>\s*<Value>(\d+)/.exec(attributes)?.[1];
      const reversed = /<Value>(\d+)<\/Value>\s*<Key>deregistration_delay/.exec(attributes)?.[1];
      const drainingUntilMillis = Date.now() + Number(delay ?? reversed ?? 300) * 1000;
      const targets = targetsOf(group);
      for (const { id, port } of askedTargets(call, xml)) {
        const known = targets.get(`${id} ${port}`);
        if (known !== undefined && known.drainingUntilMillis === undefined)
          targets.set(`${id} ${port}`, { ...known, drainingUntilMillis });
      }
      return queryAnswer(namespace, 'DeregisterTargets', '');
    }),
    'elasticloadbalancing DescribeTargetHealth': onGroup(async (group, xml) => {
      const isUsed = /<LoadBalancerArns>\s*<member>/.test(xml);
      const members = [...targetsOf(group).values()].map(({ id, port, ...target }) => {
        const state = stateOf(target, isUsed);
        return `<member><Target><Id>${id}</Id><Port>${port}</Port></Target><HealthCheckPort>${port}</HealthCheckPort><TargetHealth><State>${state}</State></TargetHealth></member>`;
      });
      const result = `<TargetHealthDescriptions>${members.join('')}</TargetHealthDescriptions>`;
      return queryAnswer(namespace, 'DescribeTargetHealth', result);
    }),
  };
};

const stateOf = (
  { registeredAtMillis, drainingUntilMillis }: Pick<Target, 'registeredAtMillis' | 'drainingUntilMillis'>,
  isUsed: boolean,
): string => {
  if (drainingUntilMillis !== undefined) return 'draining';
  if (!isUsed) return 'unused';
  return Date.now() - registeredAtMillis < initialMillis ? 'initial' : 'healthy';
};

/** A target without a port has the group's. */
const askedTargets = (call: ServiceCall, xml: string): readonly { id: string; port: string }[] => {
  const form = new URLSearchParams(call.body.toString());
  const groupPort = /<Port>(\d+)<\/Port>/.exec(xml)?.[1] ?? '';
  const targets: { id: string; port: string }[] = [];
  for (let index = 1; form.has(`Targets.member.${index}.Id`); index++)
    targets.push({
      id: form.get(`Targets.member.${index}.Id`) ?? '',
      port: form.get(`Targets.member.${index}.Port`) ?? groupPort,
    });
  return targets;
};
