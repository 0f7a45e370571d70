import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import { json } from '../../rehearsal/fault-rules.ts';
import { jsonBody } from '../../rehearsal/service-call.ts';
import { refusal } from './ask-service.ts';

/** Lists in pages, and no more in a call than Glue takes (API reference of Glue). */
export const glueGaps = (): Readonly<Record<string, Behaviour>> => ({
  'glue GetTables': inPages('TableList', 100),
  'glue GetPartitions': inPages('Partitions', 1_000),
  'glue BatchCreatePartition': atMost('PartitionInputList', 100),
  'glue BatchDeletePartition': atMost('PartitionsToDelete', 25),
});

/** Of a call whose whole answer is one list; pages are of the list as it was when the first one was asked for. */
const inPages = (list: string, most: number): Behaviour => {
  const left = new Map<string, readonly unknown[]>();
  return async (call, forward) => {
    const { MaxResults = most, NextToken } = jsonBody(call);
    const size = Number(MaxResults);
    if (!(size >= 1 && size <= most))
      return refusal('ValidationException', `MaxResults must be between 1 and ${most}`);
    let items = left.get(String(NextToken));
    if (NextToken !== undefined && items === undefined)
      return refusal('InvalidInputException', `there is no page ${NextToken}`);
    if (items === undefined) {
      const answer = await forward(call);
      if (answer.status !== 200) return answer;
      items = jsonBody(answer)[list] as readonly unknown[];
    }
    if (items.length <= size) return json(200, { [list]: items });
    const next = crypto.randomUUID();
    left.set(next, items.slice(size));
    return json(200, { [list]: items.slice(0, size), NextToken: next });
  };
};

const atMost =
  (list: string, most: number): Behaviour =>
  async (call, forward) => {
    const items = jsonBody(call)[list] as readonly unknown[];
    return items.length <= most
      ? forward(call)
      : refusal('ValidationException', `'${list}' must have length less than or equal to ${most}`);
  };
