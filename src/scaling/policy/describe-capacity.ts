import { counted, formatNumber, formatSeconds, listed } from '../../document/format-quantity.ts';
import { floorText } from './describe-service.ts';
import type { CapacityPolicy, CapacityScaleIn, HeadroomTask, PoolPolicy } from './scaling-policy.ts';

const kindNames: Readonly<Record<PoolPolicy['kind'], string>> = {
  autoScalingGroup: 'Auto Scaling group',
  spotFleet: 'Spot Fleet',
  ec2Fleet: 'EC2 Fleet',
};

const poolText = (
  { name, kind, id, share, minimum, maximum, instanceTypes }: PoolPolicy,
  shares: number,
): string => {
  const part = shares === 0 ? '' : `, ${formatNumber((100 * share) / shares)}% of what is launched`;
  const types = instanceTypes.length === 0 ? '' : `: ${instanceTypes.map(({ type }) => type).join(', ')}`;
  return `${name}: ${kindNames[kind]} ${id}, ${minimum} to ${counted(maximum, 'instance')}${part}${types}`;
};

const headroomText = ({ count, cpu, memoryMib }: HeadroomTask): string =>
  `${counted(count, 'task')} of ${formatNumber(cpu)} CPU and ${formatNumber(memoryMib)} MiB`;

const outText = ({ reservation, unplacedGraceSeconds, headroom }: CapacityPolicy): string => {
  const { cpuPercent, memoryPercent } = reservation;
  const reasons = [
    ...(cpuPercent === null ? [] : [`more than ${formatNumber(cpuPercent)}% of CPU is reserved`]),
    ...(memoryPercent === null ? [] : [`more than ${formatNumber(memoryPercent)}% of memory is reserved`]),
    `a task finds no room for ${formatSeconds(unplacedGraceSeconds)}`,
    ...(headroom.length === 0 ? [] : [`there is no room for ${listed(headroom.map(headroomText))}`]),
  ];
  return `out: when ${listed(reasons, 'or')}`;
};

const inText = (scaleIn: CapacityScaleIn | null): string => {
  if (scaleIn === null) return 'in: never';
  const { unneededSeconds, afterOutSeconds, mostAtOnce, marginPercent } = scaleIn;
  const settled = `${formatSeconds(afterOutSeconds)} after the last addition`;
  return `in: an instance that was unneeded for ${formatSeconds(unneededSeconds)}, ${settled}, at most ${mostAtOnce} at once, when reservation stays ${formatNumber(marginPercent)}% below its thresholds`;
};

/** How many instances there are, in a few lines. */
export const describeCapacity = (policy: CapacityPolicy): readonly string[] => {
  const shares = policy.pools.reduce((sum, { share }) => sum + share, 0);
  return [
    `instances: ${formatNumber(policy.minimum)} to ${formatNumber(policy.maximum)}`,
    ...policy.pools.map((pool) => `  ${poolText(pool, shares)}`),
    `  ${outText(policy)}; not waited for longer than ${formatSeconds(policy.bootSeconds)}`,
    `  ${inText(policy.scaleIn)}`,
    ...policy.floors.map((floor) => `  ${floorText(floor, 'instance')}`),
  ];
};
