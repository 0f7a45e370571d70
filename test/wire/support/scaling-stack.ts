import { scalingPlatform } from '../../../src/platform/aws/scaling-platform.ts';
import type { CapacityPolicy, PoolKind, ScalingPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import { policyKey, type StoredPolicy } from '../../../src/scaling/policy-store/stored-policy.ts';
import { scalingTick } from '../../../src/scaling/tick/scaling-tick.ts';
import type { FinishedTick } from '../../../src/scaling/tick/tick-result.ts';
import { writeJson } from '../../../src/store/stored-json.ts';

/** What deploy/scaling.yml gives the functions of scaling, beside what those of drains have. */
export const scalingVariables = (clusters: readonly string[], lettersUrl: string) => ({
  STORMDRAIN_SCALING_CLUSTERS: clusters.join(','),
  STORMDRAIN_PROMETHEUS_URL: '',
  STORMDRAIN_LETTERS_URL: lettersUrl,
});

/** Of one pool. Nothing is waited for longer than a test waits. */
export const capacityOf = (kind: PoolKind, id: string, requestSeconds: number): CapacityPolicy => ({
  pools: [{ name: 'pool', kind, id, share: 1, minimum: 0, maximum: 10, instanceTypes: [] }],
  minimum: 0,
  maximum: 10,
  reservation: { cpuPercent: null, memoryPercent: null },
  headroom: [],
  unplacedGraceSeconds: 0,
  requestSeconds,
  bootSeconds: 600,
  floors: [],
  scaleIn: { unneededSeconds: 1, afterOutSeconds: 0, mostAtOnce: 1, marginPercent: 0 },
});

/** As `scaling apply` stores it, but for what no document may say. */
export const storePolicy = async (policy: ScalingPolicy): Promise<void> => {
  const stored: StoredPolicy = {
    version: 1,
    cluster: policy.cluster,
    text: '',
    digest: '',
    appliedAtMillis: Date.now(),
    appliedBy: 'test',
    pausedUntilMillis: null,
    policy,
  };
  await writeJson(scalingPlatform().ports.store, policyKey(policy.cluster), stored);
};

/** A tick of the deployed code. Throws when it was none. */
export const tick = async (cluster: string): Promise<FinishedTick> => {
  const ticked = await scalingTick(scalingPlatform().ports, cluster, { because: 'schedule' });
  if (ticked.kind !== 'ticked') throw new Error(`no tick of ${cluster}: ${ticked.reason}`);
  return ticked;
};
