import type { PutCondition } from '../ports/object-store.ts';
import type { AwsFailure } from './aws-failure.ts';

/**
 * A conditional write whose answer is lost is sent again, and is then refused because of itself. So each one carries
 * a mark in the object's metadata: who wrote it, and on top of what.
 */
export interface WriteMark {
  /** Of this one write; the same in each try of it. */
  readonly write: string;
  /** ETag of the object that the write was to replace, without quotes; `nothing` for one that creates. */
  readonly onTopOf: string;
}

export const markWrite = (write: string, condition: PutCondition): WriteMark => ({
  write,
  onTopOf: 'ifAbsent' in condition ? 'nothing' : condition.ifMatch.replaceAll('"', ''),
});

/** As S3 keeps it: `x-amz-meta-stormdrain-…`. */
export const metadataOfMark = (mark: WriteMark): Record<string, string> => ({
  'stormdrain-write': mark.write,
  'stormdrain-on-top-of': mark.onTopOf,
});

/**
 * What became of a write that was refused after a try without an answer, from the metadata of the object that is there now.
 * `lost`: another write went on top of the same object, so this one never did. `unknown`: more than one write came
 * since, or the object is gone; this one may have been among them.
 */
export const decideWriteOutcome = (
  mark: WriteMark,
  found: Readonly<Record<string, string>> | undefined,
): 'written' | 'lost' | 'unknown' => {
  if (found?.['stormdrain-write'] === mark.write) return 'written';
  return found?.['stormdrain-on-top-of'] === mark.onTopOf ? 'lost' : 'unknown';
};

/** S3's answers that mean that it did not begin to carry a request out. */
const declinedNames: ReadonlySet<string> = new Set(['SlowDown', 'ServiceUnavailable']);

/** Whether a failed try of a write may have written all the same. */
export const mayHaveWritten = ({ status, name }: AwsFailure): boolean => {
  if (status === undefined || status < 300) return true;
  return status >= 500 && !declinedNames.has(name);
};
