import * as z from 'zod/mini';
import { expected } from '../../messages/message-fields.ts';
import type { LeavingCause } from '../leaving/instance-leaving.ts';
import { noticeDecoder } from './notice-decoder.ts';
import { instanceId } from './notice-fields.ts';

/** From the warning to the interruption (EC2 User Guide, Spot Instance interruption notices). */
const warningMillis = 120_000;

const causes = {
  terminate: 'spot-terminate',
  stop: 'spot-stop',
  hibernate: 'spot-hibernate',
} as const satisfies Record<string, LeavingCause>;

/*
{
  "version": "0", "id": "5d5555d5-dd55-5555-5555-5555dd55d55d", "account": "111122223333", "region": "us-east-1",
  "source": "aws.ec2", "detail-type": "EC2 Spot Instance Interruption Warning", "time": "2026-11-21T09:31:00Z",
  "resources": ["arn:aws:ec2:us-east-1b:instance/i-0b662ef9931388ba0"],
  "detail": { "instance-id": "i-0b662ef9931388ba0", "instance-action": "terminate" }
}
*/
export const spotInterruption = noticeDecoder(
  'aws.ec2',
  'EC2 Spot Instance Interruption Warning',
  z.object(
    {
      'instance-id': instanceId,
      'instance-action': z.enum(
        ['terminate', 'stop', 'hibernate'],
        expected('"terminate", "stop" or "hibernate"'),
      ),
    },
    expected('an object'),
  ),
  ({ 'instance-id': id, 'instance-action': action }, noticedAtMillis) => ({
    kind: 'leaving',
    leaving: [
      {
        instanceId: id,
        cause: causes[action],
        noticedAtMillis,
        // Hibernation begins with the warning.
        deadlineMillis: action === 'hibernate' ? noticedAtMillis : noticedAtMillis + warningMillis,
      },
    ],
  }),
);
