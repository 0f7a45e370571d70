import * as z from 'zod/mini';
import { expected } from '../../messages/message-fields.ts';
import type { LeavingCause } from '../leaving/instance-leaving.ts';
import { ignored } from './notice.ts';
import { noticeDecoder } from './notice-decoder.ts';
import { instanceId } from './notice-fields.ts';

const causes = {
  pending: null,
  running: null,
  stopping: 'stopping',
  'shutting-down': 'stopping',
  stopped: 'gone',
  terminated: 'gone',
} as const satisfies Record<string, LeavingCause | null>;

/*
{
  "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "account": "111122223333", "region": "us-east-1",
  "source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification", "time": "2026-11-21T09:31:00Z",
  "resources": ["arn:aws:ec2:us-east-1:111122223333:instance/i-0b662ef9931388ba0"],
  "detail": { "instance-id": "i-0b662ef9931388ba0", "state": "shutting-down" }
}
*/
export const instanceStateChange = noticeDecoder(
  'aws.ec2',
  'EC2 Instance State-change Notification',
  z.object(
    {
      'instance-id': instanceId,
      state: z.enum(
        ['pending', 'running', 'stopping', 'shutting-down', 'stopped', 'terminated'],
        expected('a state of an EC2 instance'),
      ),
    },
    expected('an object'),
  ),
  ({ 'instance-id': id, state }, noticedAtMillis) => {
    const cause = causes[state];
    if (cause === null) return ignored(`${id} is ${state}`);
    return {
      kind: 'leaving',
      // It has begun: whatever can still be done is due now.
      leaving: [{ instanceId: id, cause, noticedAtMillis, deadlineMillis: noticedAtMillis }],
    };
  },
);
