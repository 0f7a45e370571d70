import * as z from 'zod/mini';
import { expected } from '../../messages/message-fields.ts';
import { noticeDecoder } from './notice-decoder.ts';
import { instanceId } from './notice-fields.ts';

/*
{
  "version": "0", "id": "12345678-1234-1234-1234-123456789012", "account": "111122223333", "region": "us-east-1",
  "source": "aws.ec2", "detail-type": "EC2 Instance Rebalance Recommendation", "time": "2026-11-21T09:31:00Z",
  "resources": ["arn:aws:ec2:us-east-1b:instance/i-0b662ef9931388ba0"],
  "detail": { "instance-id": "i-0b662ef9931388ba0" }
}
*/
export const rebalanceRecommendation = noticeDecoder(
  'aws.ec2',
  'EC2 Instance Rebalance Recommendation',
  z.object({ 'instance-id': instanceId }, expected('an object')),
  ({ 'instance-id': id }, noticedAtMillis) => ({
    kind: 'leaving',
    leaving: [{ instanceId: id, cause: 'rebalance', noticedAtMillis, deadlineMillis: null }],
  }),
);
