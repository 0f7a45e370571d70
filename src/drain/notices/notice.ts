import type { InstanceLeaving } from '../leaving/instance-leaving.ts';

/** What a message says about instances. */
export type Notice =
  | {
      readonly kind: 'leaving';
      readonly leaving: readonly InstanceLeaving[];
      /** What of the message could not be read, though the rest could. One sentence. */
      readonly unread?: string;
    }
  /** It was understood, and nothing is to be done. */
  | Ignored
  /** It is none of the messages that are known, or lacks something: for somebody to look at. */
  | Unreadable;

export interface Ignored {
  readonly kind: 'ignored';
  readonly reason: string;
}

export interface Unreadable {
  readonly kind: 'unreadable';
  /** What was expected, and where. */
  readonly reason: string;
}

export const ignored = (reason: string): Ignored => ({ kind: 'ignored', reason });

export const unreadable = (reason: string): Unreadable => ({ kind: 'unreadable', reason });
