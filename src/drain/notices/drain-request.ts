import * as z from 'zod/mini';
import { expected } from '../../messages/message-fields.ts';
import { noticeDecoder } from './notice-decoder.ts';
import { instanceId, isoInstant, name } from './notice-fields.ts';

const source = 'stormdrain';
const detailType = 'drain.requested';

/** An operator's wish that instances be drained. Instants in milliseconds since the epoch. */
export interface DrainRequest {
  readonly instanceIds: readonly string[];
  readonly requestedAtMillis: number;
  readonly deadlineMillis: number | null;
  readonly requestedBy: string;
}

/** The message with which it is handed in. */
export const drainRequestMessage = (request: DrainRequest): string =>
  JSON.stringify({
    source,
    'detail-type': detailType,
    time: new Date(request.requestedAtMillis).toISOString(),
    detail: {
      instanceIds: request.instanceIds,
      deadline: request.deadlineMillis === null ? null : new Date(request.deadlineMillis).toISOString(),
      requestedBy: request.requestedBy,
    },
  });

const instances = expected('a list of at least one instance');

/*
{
  "source": "stormdrain", "detail-type": "drain.requested", "time": "2026-11-21T09:31:00.000Z",
  "detail": {
    "instanceIds": ["i-0b662ef9931388ba0"], "deadline": "2026-11-21T09:41:00.000Z",
    "requestedBy": "arn:aws:sts::111122223333:assumed-role/operator/ada"
  }
}
*/
export const drainRequest = noticeDecoder(
  source,
  detailType,
  z.object(
    {
      instanceIds: z.array(instanceId, instances).check(z.minLength(1, instances)),
      deadline: z.nullable(isoInstant),
      requestedBy: name,
    },
    expected('an object'),
  ),
  ({ instanceIds, deadline, requestedBy }, noticedAtMillis) => ({
    kind: 'leaving',
    leaving: instanceIds.map((id) => ({
      instanceId: id,
      cause: 'operator',
      noticedAtMillis,
      deadlineMillis: deadline,
      detail: requestedBy,
    })),
  }),
);
