import { classifyAwsFailure } from './aws-failure.ts';

/**
 * What became of an ECS call that failed, or of a task that RunTask did not start.
 * - `throttled`: asked too fast; the same again later
 * - `unavailable`: ECS or the way to it failed; the same again later, it may have been carried out
 * - `conflict`: the client token was used with other parameters; `taskArns` are what it started then
 * - `capacity`: none to be had now
 * - `limit`: a quota of the account is used up; what ends makes room
 * - `missing`: what the call is about is not there
 * - `request`: it can never succeed as asked
 */
export interface EcsFailure {
  readonly kind: 'throttled' | 'unavailable' | 'conflict' | 'capacity' | 'limit' | 'missing' | 'request';
  readonly reason: string;
  readonly taskArns?: readonly string[];
}

/** ECS wraps EC2's throttling: `InvalidParameterException … Rate exceeded (ErrorCode: Throttling)`. */
const throttlingText = /rate exceeded|throttl|request ?limit ?exceeded|too ?many ?requests|slow ?down/i;
const capacityText = /capacity is unavailable|^RESOURCE:|insufficient capacity|no capacity/i;
/** With a typewriter's apostrophe or a typographer's. */
const limitText =
  /you.?ve reached the limit on the number of|InsufficientFreeAddressesInSubnet|not enough free|limit ?exceeded/i;

/**
 * An entry of `failures[]` in RunTask's answer, which comes with status 200. The texts are those of the ECS developer
 * guide, "API failure reasons" and "Service event messages". What is unknown counts as a limit: it is tried again a few
 * times, and spot capacity isn't given up because of it.
 */
export const classifyRunTaskFailure = (failure: {
  readonly reason?: string | undefined;
  readonly detail?: string | undefined;
}): EcsFailure => {
  const said = [failure.reason, failure.detail].filter((part) => part !== undefined && part !== '');
  const reason = said.length === 0 ? 'ECS started too few tasks and did not say why' : said.join(': ');
  if (throttlingText.test(reason)) return { kind: 'throttled', reason };
  if (capacityText.test(reason)) return { kind: 'capacity', reason };
  if (limitText.test(reason)) return { kind: 'limit', reason };
  if (
    /^(MISSING|INACTIVE|ATTRIBUTE|LOCATION|AGENT)\b/.test(reason) ||
    /configuration is above your limit/i.test(reason)
  )
    return { kind: 'request', reason };
  return { kind: 'limit', reason };
};

/** A call that ECS refused, or that did not reach it. */
export const classifyEcsError = (error: unknown): EcsFailure => {
  const { kind, name, text: reason } = classifyAwsFailure(error);
  if (name === 'ConflictException') return { kind: 'conflict', reason, taskArns: resourceIds(error) };
  if (throttlingText.test(reason)) return { kind: 'throttled', reason };
  if (kind === 'passing' || name === 'ServerException') return { kind: 'unavailable', reason };
  if (capacityText.test(reason)) return { kind: 'capacity', reason };
  if (limitText.test(reason)) return { kind: 'limit', reason };
  if (name === 'InvalidParameterException' && /task was not found/i.test(reason))
    return { kind: 'missing', reason };
  return { kind: 'request', reason };
};

const resourceIds = (error: unknown): readonly string[] =>
  error instanceof Error && 'resourceIds' in error && Array.isArray(error.resourceIds)
    ? error.resourceIds.filter((id) => typeof id === 'string')
    : [];
