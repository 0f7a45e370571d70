import { CallThrottledError } from '../../errors.ts';
import { type AwsFailure, classifyAwsFailure } from './aws-failure.ts';

/** How AWS's services say that too many calls are made. Texts may name what was called about, which may be called anything. */
const throttlingName = /throttl|requestlimitexceeded|toomanyrequests|slowdown/i;
const throttlingText = /rate exceeded/i;

/** Answers of ECS, Auto Scaling and EC2 below 500 that a later call may not get: a fleet can't be modified while it is being modified. */
const passing =
  /^(ServerException|ResourceContention(Fault)?|ScalingActivityInProgress(Fault)?|FleetNotInModifiableState)$/;

export interface CallFailureKinds {
  /** Made for what may pass. */
  readonly unavailable: new (
    message: string,
    options?: ErrorOptions,
  ) => Error;
  /** Made for what will not. */
  readonly refused: new (
    message: string,
    options?: ErrorOptions,
  ) => Error;
}

/**
 * The answer of a call, or what `expected` makes of a failure that the caller knows: undefined when it isn't that one.
 * Else throws `CallThrottled`, or one of `kinds`. `action` completes "could not …"; `advice` says what to check.
 */
export const passFailure = async <Answer>(
  call: () => Promise<Answer>,
  {
    action,
    advice,
    kinds,
    expected,
  }: {
    readonly action: string;
    readonly advice: string;
    readonly kinds: CallFailureKinds;
    readonly expected?: (failure: AwsFailure) => { readonly answer: Answer } | undefined;
  },
): Promise<Answer> => {
  try {
    return await call();
  } catch (cause) {
    const failure = classifyAwsFailure(cause);
    if (throttlingName.test(failure.name) || throttlingText.test(failure.text))
      throw new CallThrottledError(`Could not ${action}: ${failure.text}`, { cause });
    const known = expected?.(failure);
    if (known !== undefined) return known.answer;
    if (failure.kind === 'passing' || passing.test(failure.name))
      throw new kinds.unavailable(`Could not ${action}: ${failure.text}. Try again in a moment.`, { cause });
    throw new kinds.refused(`Could not ${action}: ${failure.text}. ${advice}`, { cause });
  }
};
