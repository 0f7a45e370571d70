import { isExpectedError } from './exit-code.ts';
import { terminalText } from './render/terminal-text.ts';

const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
};

/** What to print for an error that ended a command: its message; for a bug, how to see more. With a newline at the end. */
export const describeError = (error: unknown, env: Readonly<Record<string, string | undefined>>): string => {
  if ((env.STORMDRAIN_DEBUG ?? '') !== '') return `stormdrain: ${terminalText(stackOf(error))}\n`;
  const message = terminalText(error instanceof Error ? error.message : String(error)).trim();
  if (isExpectedError(error)) return `stormdrain: ${message}\n`;
  const line = message.split('\n', 1)[0] as string;
  return `stormdrain: unexpected error: ${line} (STORMDRAIN_DEBUG=1 shows where it came from)\n`;
};
