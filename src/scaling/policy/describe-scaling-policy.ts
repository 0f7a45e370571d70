import { formatSeconds } from '../../document/format-quantity.ts';
import { describeCapacity } from './describe-capacity.ts';
import { describeService } from './describe-service.ts';
import type { ScalingPolicy } from './scaling-policy.ts';

const modeText = ({ paused, dryRun }: ScalingPolicy): string => {
  if (paused) return ', paused: nothing is decided';
  return dryRun ? ', dry run: nothing is carried out' : '';
};

/** A policy in a few plain lines, for people; lines that belong to another are indented by two spaces. */
export const describeScalingPolicy = (policy: ScalingPolicy): readonly string[] => [
  `${policy.cluster}: decided every ${formatSeconds(policy.everySeconds)}${modeText(policy)}`,
  ...(policy.capacity === null ? [] : describeCapacity(policy.capacity)),
  ...policy.services.flatMap(describeService),
];
