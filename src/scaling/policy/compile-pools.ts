import type { DocumentPath } from '../../document/document-source.ts';
import { counted, formatNumber, listed } from '../../document/format-quantity.ts';
import type { PolicyFindings } from './policy-findings.ts';
import type { PoolDocument } from './scaling-document-capacity.ts';
import type { InstanceTypePolicy, PoolKind, PoolPolicy } from './scaling-policy.ts';

const kinds = ['autoScalingGroup', 'spotFleet', 'ec2Fleet'] as const satisfies readonly PoolKind[];

const compileTypes = (
  documents: PoolDocument['instanceTypes'],
  poolPath: DocumentPath,
  { report }: PolicyFindings,
): readonly InstanceTypePolicy[] =>
  documents.map(({ type, cpu, memory, gpus, taskEnis = null, attributes, weight, price = null }, index) => {
    if (documents.findIndex((other) => other.type === type) < index) {
      report({
        path: [...poolPath, 'instanceTypes', index, 'type'],
        expected: 'each instance type once in a pool',
      });
    }
    return { type, cpu, memoryMib: memory, gpus, taskEnis, attributes, weight, pricePerHourUsd: price };
  });

/** Undefined when something was reported that says how many it has or where. @param capacityMaximum The maximum of pools that have none of their own. */
export const compilePool = (
  name: string,
  document: PoolDocument,
  capacityMaximum: number | undefined,
  findings: PolicyFindings,
): PoolPolicy | undefined => {
  const { report } = findings;
  const path = ['pools', name];
  const launchers = kinds.flatMap((kind) => {
    const id = document[kind];
    return id === undefined ? [] : [{ kind, id }];
  });
  const [launcher] = launchers;
  if (launcher === undefined || launchers.length > 1) {
    report({ path, expected: `what launches its instances, one of ${kinds.join(', ')}` });
    return undefined;
  }
  const { share, minimum } = document;
  const maximum = document.maximum ?? capacityMaximum;
  if (maximum === undefined) {
    report({ path, expected: 'a maximum of its own, or capacity.maximum for all pools' });
    return undefined;
  }
  if (maximum < minimum) {
    const [key, expected] =
      document.maximum === undefined
        ? ['minimum', `at most ${formatNumber(maximum)}, which is capacity.maximum`]
        : ['maximum', `at least ${formatNumber(minimum)}, the minimum`];
    report({ path: [...path, key], expected });
    return undefined;
  }
  const instanceTypes = compileTypes(document.instanceTypes, path, findings);
  return { name, ...launcher, share, minimum, maximum, instanceTypes };
};

/** What no pool shows by itself. */
export const checkPools = (pools: readonly PoolPolicy[], { report }: PolicyFindings): void => {
  for (const [index, { name, kind, id }] of pools.entries()) {
    const other = pools.slice(0, index).find((before) => before.kind === kind && before.id === id);
    if (other === undefined) continue;
    report({
      path: ['pools', name, kind],
      expected: `another one than that of ${other.name}: a pool is named once`,
    });
  }
  const [first] = pools;
  if (first !== undefined && pools.every(({ share }) => share === 0)) {
    const names = listed(pools.map(({ name }) => name));
    const expected = `a share above 0 of at least one pool: with 0 of ${names} (${counted(pools.length, 'pool')}) nothing could be launched`;
    report({ path: ['pools', first.name, 'share'], expected });
  }
};
