import type { CliContext } from './cli-context.ts';

/** Who is said to have asked, where the stack can't tell. */
export const requesterOf = (env: CliContext['env']): string =>
  env.USER || env.LOGNAME || env.USERNAME || 'somebody at a terminal';
