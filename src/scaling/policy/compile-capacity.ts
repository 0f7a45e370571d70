import { formatNumber } from '../../document/format-quantity.ts';
import { compileFloors } from './compile-floors.ts';
import type { PolicyFindings } from './policy-findings.ts';
import type { CapacityDocument } from './scaling-document-capacity.ts';
import type { CapacityPolicy, CapacityScaleIn, HeadroomTask, PoolPolicy } from './scaling-policy.ts';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Whether whole tasks of that size can be held by what the pools launch, as far as that is declared. */
const checkHeadroom = (
  headroom: readonly HeadroomTask[],
  pools: readonly PoolPolicy[],
  { report }: PolicyFindings,
): void => {
  if (pools.some(({ instanceTypes }) => instanceTypes.length === 0)) return;
  const types = pools.flatMap(({ instanceTypes }) => instanceTypes);
  for (const [index, { cpu, memoryMib }] of headroom.entries()) {
    if (types.some((type) => type.cpu >= cpu && type.memoryMib >= memoryMib)) continue;
    const offers = types.map(
      (type) => `${type.type} ${formatNumber(type.cpu)} and ${formatNumber(type.memoryMib)} MiB`,
    );
    const asked = `${formatNumber(cpu)} CPU and ${formatNumber(memoryMib)} MiB`;
    const expected = `a task that fits on an instance: ${asked} fit on none of the pools' types (${offers.join(', ')})`;
    report({ path: ['capacity', 'headroom', index], expected });
  }
};

const compileBounds = (
  document: CapacityDocument,
  pools: readonly PoolPolicy[],
  { report, note }: PolicyFindings,
): { readonly minimum: number; readonly maximum: number } => {
  const [least, most] = [sum(pools.map(({ minimum }) => minimum)), sum(pools.map(({ maximum }) => maximum))];
  const { minimum = least, maximum = most } = document;
  if (maximum < minimum) {
    const [key, expected] =
      document.minimum === undefined
        ? ['maximum', `at least ${formatNumber(minimum)}, the sum of the minimums of the pools`]
        : [
            'minimum',
            `at most ${formatNumber(maximum)}, ${document.maximum === undefined ? 'the sum of the maximums of the pools' : 'the maximum'}`,
          ];
    report({ path: ['capacity', key], expected });
  } else if (maximum < least) {
    const expected = `at least ${formatNumber(least)}, the sum of the minimums of the pools`;
    report({ path: ['capacity', 'maximum'], expected });
  } else if (minimum > most) {
    const expected = `at most ${formatNumber(most)}, the sum of the maximums of the pools`;
    report({ path: ['capacity', 'minimum'], expected });
  } else if (maximum > most) {
    const [written, reached] = [formatNumber(maximum), formatNumber(most)];
    note(
      ['capacity', 'maximum'],
      `${written} is never reached, as the pools have at most ${reached} together`,
    );
  }
  return { minimum, maximum };
};

const compileScaleIn = (document: CapacityDocument['scaleIn']): CapacityScaleIn | null =>
  document === false
    ? null
    : {
        unneededSeconds: document.unneededFor,
        afterOutSeconds: document.afterOut,
        mostAtOnce: document.mostAtOnce,
        marginPercent: document.margin,
      };

const thresholdOf = (percent: number | false): number | null => (percent === false ? null : percent);

export const compileCapacity = (
  document: CapacityDocument,
  pools: readonly PoolPolicy[],
  findings: PolicyFindings,
): CapacityPolicy => {
  const bounds = compileBounds(document, pools, findings);
  const headroom = document.headroom.map(({ count, cpu, memory }) => ({ count, cpu, memoryMib: memory }));
  checkHeadroom(headroom, pools, findings);
  return {
    pools,
    ...bounds,
    reservation: {
      cpuPercent: thresholdOf(document.reservation.cpu),
      memoryPercent: thresholdOf(document.reservation.memory),
    },
    headroom,
    unplacedGraceSeconds: document.unplacedGrace,
    requestSeconds: document.requestExpiry,
    bootSeconds: document.bootTime,
    floors: compileFloors(document.floors, bounds, ['capacity', 'floors'], findings),
    scaleIn: compileScaleIn(document.scaleIn),
  };
};
