import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../document/parse-quantity.ts';

/** Workers a run may have; the same limit as in the plan. */
export const parseWorkers = (text: string): number => {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > 1000) {
    throw new InvalidArgumentError('Expected a whole number from 1 to 1000.');
  }
  return count;
};

/** `1.5x` or `1.5`: a factor of the plan's own rate. */
export const parseRateScale = (text: string): number => {
  const factor = /^(\d+(?:\.\d+)?|\.\d+)x?$/i.exec(text)?.[1];
  const scale = Number(factor);
  if (factor === undefined || !(scale > 0 && scale <= 100)) {
    throw new InvalidArgumentError(
      "Expected a factor of the plan's rate, more than 0 and at most 100, such as 1.5x.",
    );
  }
  return scale;
};

/** A whole number within bounds. */
export const parseCount =
  (least: number, most: number) =>
  (text: string): number => {
    const count = Number(text);
    if (!/^\d+$/.test(text) || count < least || count > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return count;
  };

/** A week. */
export const longestDeadlineSeconds = 604_800;

/** `10m`, `90s` or `1h30m`, in seconds: a week at most. */
export const parseDeadline = (text: string): number => {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 1 || seconds > longestDeadlineSeconds) {
    throw new InvalidArgumentError('Expected a duration from 1s to 168h, such as 10m.');
  }
  return seconds;
};

export const mostListed = 100_000;

export const parseLimit = (text: string): number => {
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > mostListed) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${mostListed}.`);
  }
  return limit;
};

/** 0 is any port that is free. */
export const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('Expected a port: a whole number from 0 to 65535.');
  }
  return port;
};

/** Collects `--set key=value`; the value may hold `=` and may be empty. */
export const parseSetting = (
  text: string,
  previous: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected key=value.');
  const key = text.slice(0, at).trim();
  if (Object.hasOwn(previous, key)) throw new InvalidArgumentError(`"${key}" is set twice.`);
  return { ...previous, [key]: text.slice(at + 1) };
};
