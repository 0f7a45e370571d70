import * as z from 'zod/mini';
import { expected, shown } from '../../messages/message-fields.ts';
import { ignored, type Notice, unreadable } from './notice.ts';
import { noticeDecoder } from './notice-decoder.ts';
import { healthInstant, isInstanceId, name } from './notice-fields.ts';

const entities = z.array(z.unknown(), expected('a list of entities'));

const scheduledChange = z.object(
  {
    service: name,
    eventTypeCategory: name,
    eventTypeCode: name,
    /** `open`, `upcoming` or `closed`. */
    statusCode: z.optional(z.string(expected('a text'))),
    startTime: z.optional(z.unknown()),
    affectedEntities: z.optional(z.unknown()),
  },
  expected('an object'),
);

type HealthDetail = z.infer<typeof scheduledChange>;

/** An instance's id; `other` for another kind of resource or an instance that is well again; undefined for what is neither. */
const readEntity = (entity: unknown): { readonly id: string } | 'other' | undefined => {
  if (typeof entity !== 'object' || entity === null || !('entityValue' in entity)) return undefined;
  const { entityValue } = entity;
  if (typeof entityValue !== 'string' || entityValue === '') return undefined;
  if ('status' in entity && entity.status === 'RESOLVED') return 'other';
  // An id, or the instance's ARN: arn:aws:ec2:us-east-1:111122223333:instance/i-…
  const id = entityValue.replace(/^arn:aws[a-z-]*:ec2:[a-z0-9-]*:\d*:instance\//, '');
  if (isInstanceId(id)) return { id };
  return /(?:^|\/)i-/.test(entityValue) ? undefined : 'other';
};

const readScheduledChange = (detail: HealthDetail, noticedAtMillis: number): Notice => {
  const what = `AWS Health Event ${detail.eventTypeCode}`;
  if (detail.service !== 'EC2') return ignored(`${what}: of ${detail.service}, not of EC2`);
  if (detail.eventTypeCategory !== 'scheduledChange')
    return ignored(`${what}: ${detail.eventTypeCategory}, no scheduled change`);
  if (detail.statusCode === 'closed') return ignored(`${what}: closed`);
  const start = healthInstant.safeParse(detail.startTime);
  if (!start.success) return unreadable(`${what}: detail.startTime: ${start.error.issues[0]?.message}`);
  const affected = entities.safeParse(detail.affectedEntities);
  if (!affected.success)
    return unreadable(`${what}: detail.affectedEntities: ${affected.error.issues[0]?.message}`);
  const read = affected.data.map((entity) => ({ entity, was: readEntity(entity) }));
  const odd = read.filter(({ was }) => was === undefined).map(({ entity }) => shownEntity(entity));
  const problem =
    odd.length === 0
      ? undefined
      : `${what}: detail.affectedEntities: expected an entityValue with the id of an EC2 instance, got ${odd.slice(0, 3).join(', ')}`;
  const leaving = read.flatMap(({ was }) =>
    typeof was === 'object'
      ? [
          {
            instanceId: was.id,
            cause: 'health' as const,
            noticedAtMillis,
            deadlineMillis: start.data,
            detail: detail.eventTypeCode,
          },
        ]
      : [],
  );
  if (leaving.length === 0)
    return problem === undefined ? ignored(`${what}: names no instance`) : unreadable(problem);
  return { kind: 'leaving', leaving, ...(problem === undefined ? {} : { unread: problem }) };
};

const shownEntity = (entity: unknown): string =>
  shown(
    typeof entity === 'object' && entity !== null && 'entityValue' in entity ? entity.entityValue : entity,
  );

/*
{
  "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602", "account": "111122223333", "region": "us-east-1",
  "source": "aws.health", "detail-type": "AWS Health Event", "time": "2026-11-21T09:31:00Z",
  "resources": ["i-0b662ef9931388ba0"],
  "detail": {
    "eventArn": "arn:aws:health:us-east-1::event/EC2/…", "service": "EC2",
    "eventTypeCode": "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED", "eventTypeCategory": "scheduledChange",
    "statusCode": "upcoming", "startTime": "Sat, 5 Dec 2026 15:10:09 GMT",
    "affectedEntities": [{ "entityValue": "i-0b662ef9931388ba0", "status": "PENDING" }], "page": "1", "totalPages": "1"
  }
}
*/
export const healthEvent = noticeDecoder(
  'aws.health',
  'AWS Health Event',
  scheduledChange,
  readScheduledChange,
);
