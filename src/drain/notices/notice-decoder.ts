import * as z from 'zod/mini';
import { expected, firstProblem } from '../../messages/message-fields.ts';
import { type Notice, unreadable } from './notice.ts';
import { isoInstant } from './notice-fields.ts';

/** How one kind of event, as EventBridge has it, is read. */
export interface NoticeDecoder {
  readonly source: string;
  readonly detailType: string;
  decode(event: object): Notice;
}

/** `read` gets the event's `detail` and its `time` in milliseconds since the epoch. */
export const noticeDecoder = <Detail>(
  source: string,
  detailType: string,
  detail: z.ZodMiniType<Detail>,
  read: (detail: Detail, noticedAtMillis: number) => Notice,
): NoticeDecoder => {
  const schema = z.object({ time: isoInstant, detail }, expected('an event of EventBridge'));
  return {
    source,
    detailType,
    decode(event) {
      const parsed = schema.safeParse(event);
      return parsed.success
        ? read(parsed.data.detail as Detail, parsed.data.time)
        : unreadable(`${detailType} of ${source}: ${firstProblem(parsed.error)}`);
    },
  };
};
