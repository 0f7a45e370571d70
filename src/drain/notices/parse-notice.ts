import { shown } from '../../messages/message-fields.ts';
import { unwrapMessage } from '../../messages/unwrap-message.ts';
import { drainRequest } from './drain-request.ts';
import { healthEvent } from './health-event.ts';
import { instanceStateChange } from './instance-state-change.ts';
import { decodeHookMessage, isFromHook, lifecycleLaunch, lifecycleTermination } from './lifecycle-action.ts';
import { type Notice, unreadable } from './notice.ts';
import type { NoticeDecoder } from './notice-decoder.ts';
import { rebalanceRecommendation } from './rebalance-recommendation.ts';
import { spotInterruption } from './spot-interruption.ts';

const decoders: readonly NoticeDecoder[] = [
  spotInterruption,
  rebalanceRecommendation,
  instanceStateChange,
  lifecycleTermination,
  lifecycleLaunch,
  healthEvent,
  drainRequest,
];

/**
 * What a message of the queue says about instances: an event of EventBridge, or what a lifecycle hook sends by itself, each
 * straight or through Amazon SNS. Which instances are meant is taken from `detail` alone: `resources` holds ARNs in other
 * forms, some with a zone where the region belongs. Never throws.
 */
export const parseNotice = (body: string): Notice => {
  const unwrapped = unwrapMessage(body);
  if (unwrapped.kind === 'unreadable') return unwrapped;
  const { message } = unwrapped;
  const detailType = 'detail-type' in message ? message['detail-type'] : undefined;
  const source = 'source' in message ? message.source : undefined;
  if (detailType === undefined && source === undefined && isFromHook(message))
    return decodeHookMessage(message);
  const ofType = decoders.filter((decoder) => decoder.detailType === detailType);
  if (ofType.length === 0)
    return unreadable(
      `detail-type: expected one of ${decoders.map((one) => `"${one.detailType}"`).join(', ')}, got ${shown(detailType)}`,
    );
  const decoder = ofType.find((one) => one.source === source);
  return decoder === undefined
    ? unreadable(
        `${detailType}: source: expected ${ofType.map((one) => `"${one.source}"`).join(' or ')}, got ${shown(source)}`,
      )
    : decoder.decode(message);
};
