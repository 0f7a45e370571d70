import { QueryInvalidError } from '../../errors.ts';

const arn = /^arn:[a-z0-9-]+:ecs:[a-z0-9-]+:\d{12}:task\/(?:[A-Za-z0-9_-]{1,255}\/)?[0-9a-f-]{32,36}$/;
const id = /^[0-9a-f](?:[0-9a-f-]{3,34}[0-9a-f])$/;

/**
 * A regular expression that the ARNs of a task match, given its ARN, its id, or the beginning of its id from 5 characters on.
 * Throws `QueryInvalid`. Nothing but letters of an ARN is in it, so that nothing needs to be escaped.
 */
export const taskPattern = (task: string): string => {
  if (arn.test(task)) return `^${task}$`;
  if (id.test(task)) return `/${task}[0-9a-f-]*$`;
  throw new QueryInvalidError(
    `${JSON.stringify(task.slice(0, 100))} is not a task: give its ARN, or its id or the beginning of it, as in 0b1c2d3e`,
  );
};
