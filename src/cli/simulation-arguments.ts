import { InvalidArgumentError } from 'commander';
import { parseDuration, parseDurationRange } from '../document/parse-quantity.ts';

/** `20s`, in seconds. */
export const parseSeconds = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds > 3600)
    throw new InvalidArgumentError('Expected a duration up to 1h, such as 20s.');
  return Math.round(seconds);
};

/** `2m`, or `90s to 3m`; in seconds. */
export const parseBoot = (text: string): readonly [number, number] => {
  const range = parseDurationRange(text);
  if (range === undefined || range.maxSeconds > 3600)
    throw new InvalidArgumentError('Expected a duration up to 1h, or two of them: 2m, or "90s to 3m".');
  return [range.minSeconds, range.maxSeconds];
};

/** Collects `0.05` under an empty name and `spot=0.05` under the pool's. */
export const parseInterruptions = (
  text: string,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> => {
  const at = text.lastIndexOf('=');
  const given = text.slice(at + 1).trim();
  const rate = Number(given);
  if (!/^(\d+(\.\d+)?|\.\d+)$/.test(given) || rate > 60)
    throw new InvalidArgumentError(
      'Expected interruptions of an instance in an hour, from 0 to 60: 0.05, or spot=0.05 for one pool.',
    );
  return { ...before, [at < 0 ? '' : text.slice(0, at).trim()]: rate };
};

/** Requests a second. */
export const parsePerTask = (text: string): number => {
  const rate = Number(text);
  if (!/^(\d+(\.\d+)?|\.\d+)$/.test(text) || rate <= 0 || rate > 1e9)
    throw new InvalidArgumentError('Expected requests a second that one task serves, more than 0.');
  return rate;
};
