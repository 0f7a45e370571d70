/** That a task found no room in a cluster. */
export type Demand =
  /** RunTask failed for lack of resources. */
  | {
      readonly kind: 'request';
      readonly cluster: string;
      readonly group: string;
      readonly taskId: string;
      readonly cpu: number;
      readonly memoryMib: number;
      /** Absent where its queue doesn't say. */
      readonly sentAtMillis?: number;
    }
  /** ECS could not place a service's tasks. */
  | {
      readonly kind: 'placementFailure';
      readonly cluster: string;
      readonly service: string;
      readonly atMillis: number;
    };

/** What a message of the queue says. */
export type DemandMessage =
  | { readonly kind: 'demand'; readonly demand: Demand }
  /** It was understood, and nothing is to be done. */
  | { readonly kind: 'ignored'; readonly reason: string }
  /** It is none of the messages that are known, or lacks something: for somebody to look at. */
  | { readonly kind: 'unreadable'; readonly reason: string };
