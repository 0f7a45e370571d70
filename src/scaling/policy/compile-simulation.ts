import { oneOf } from '../../document/nearest-name.ts';
import type { PolicyFindings } from './policy-findings.ts';
import {
  type ServiceHintsDocument,
  type SimulationDocument,
  serviceHintsDocument,
} from './scaling-document-simulation.ts';
import type { PoolPolicy, ServicePolicy } from './scaling-policy.ts';
import type { ServiceHints, SimulationHints } from './simulation-hints.ts';

/** An hour, on average over instance types: AWS's Spot Instance advisor knows more of each. */
const spotInterruptionsPerHour = 0.05;

const compileHints = (document: ServiceHintsDocument, { rules }: ServicePolicy): ServiceHints => ({
  requestsPerSecondPerTask: document.requestsPerSecondPerTask,
  startSeconds: document.start,
  imagePullSeconds: document.imagePull,
  stopSeconds: document.stop,
  cpu: document.cpu,
  memoryMib: document.memory,
  overload:
    document.overload ?? (rules.some(({ metric }) => metric.kind === 'queueDepth') ? 'queues' : 'refuses'),
});

const checkNames = (
  path: readonly string[],
  names: readonly string[],
  known: readonly string[],
  { report }: PolicyFindings,
): void => {
  for (const name of names) {
    if (!known.includes(name)) report({ path: [...path, name], of: 'key', expected: oneOf(name, known) });
  }
};

export const compileSimulation = (
  document: SimulationDocument,
  services: readonly ServicePolicy[],
  pools: readonly PoolPolicy[],
): SimulationHints => {
  const often = document.interruptionsPerHour;
  return {
    bootSeconds: document.bootTime,
    metricDelaySeconds: document.metricDelay,
    interruptionsPerHour: Object.fromEntries(
      pools.map(({ name, kind }) => [
        name,
        often[name] ?? (kind === 'spotFleet' ? spotInterruptionsPerHour : 0),
      ]),
    ),
    services: Object.fromEntries(
      services.map((policy) => {
        const hints = document.services[policy.service] ?? serviceHintsDocument.parse({});
        return [policy.service, compileHints(hints, policy)];
      }),
    ),
  };
};

/** Reports names that are none of the policy's. */
export const checkSimulationNames = (
  document: SimulationDocument,
  names: { readonly services: readonly string[]; readonly pools: readonly string[] },
  findings: PolicyFindings,
): void => {
  checkNames(['simulation', 'services'], Object.keys(document.services), names.services, findings);
  checkNames(
    ['simulation', 'interruptionsPerHour'],
    Object.keys(document.interruptionsPerHour),
    names.pools,
    findings,
  );
};
