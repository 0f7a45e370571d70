import type { DrainRecord } from '../../drain/records/drain-record.ts';
import { printable } from './format-figures.ts';

type Notice = DrainRecord['notices'][number];

const saidOf: Readonly<Record<Notice['cause'], string>> = {
  'spot-terminate': 'EC2: spot interruption, the instance is terminated',
  'spot-stop': 'EC2: spot interruption, the instance is stopped',
  'spot-hibernate': 'EC2: spot interruption, the instance hibernates at once',
  rebalance: 'EC2: rebalance recommendation, an interruption is likelier than before',
  stopping: 'EC2: the instance is stopping or shutting down',
  gone: 'EC2: the instance has stopped or was terminated',
  lifecycle: 'Auto Scaling takes the instance out and waits for the lifecycle hook',
  health: 'AWS Health: a change is scheduled for the instance',
  operator: 'an operator asked for it',
};

const detailOf = ({ cause, detail, lifecycle }: Notice): string => {
  if (lifecycle !== undefined)
    return ` (group ${lifecycle.autoScalingGroupName}, hook ${lifecycle.lifecycleHookName})`;
  if (detail === undefined) return '';
  return cause === 'operator' ? `: ${detail}` : ` (${detail})`;
};

/** What somebody said about an instance, and who. */
export const describeNotice = (notice: Notice): string =>
  printable(`${saidOf[notice.cause]}${detailOf(notice)}`);
