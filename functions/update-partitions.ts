import middy from '@middy/core';
import { parseUpdateInput } from '../src/logs/catalog/parse-update-input.ts';
import { updatePartitions } from '../src/logs/catalog/update-partitions.ts';
import { logsPlatform } from '../src/platform/aws/logs-platform.ts';
import { logInvocation } from './log-invocation.ts';

/** Its state has 10 minutes: a table that was begun is finished, whatever is to be tried again of it. */
const budgetMillis = 7 * 60_000;

/** The state of update-partitions.asl.yml. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async (event) => {
    const result = await updatePartitions(logsPlatform().ports, parseUpdateInput(event), budgetMillis);
    console.log(JSON.stringify({ level: 'info', ...result }));
    return result;
  });
