import type { AwsFailure } from './aws-failure.ts';

/** One id that isn't there fails the whole call: `missing` says that it was so, in AWS's words. */
export type Described<Item> =
  | { readonly kind: 'described'; readonly items: readonly Item[] }
  | { readonly kind: 'missing'; readonly text: string };

export const missingAnswer = (
  { name, text }: AwsFailure,
  expected: string,
): { readonly answer: { readonly kind: 'missing'; readonly text: string } } | undefined =>
  name === expected ? { answer: { kind: 'missing', text } } : undefined;

/**
 * Describes those of the ids that are there. When the call fails because of some, it is made again without those that the
 * failure names, or for each alone when it names none; those calls are paid for by `payMore`.
 */
export const leaveOutMissing = async <Item>(
  ids: readonly string[],
  describe: (ids: readonly string[]) => Promise<Described<Item>>,
  payMore: () => Promise<void>,
): Promise<readonly Item[]> => {
  if (ids.length === 0) return [];
  const described = await describe(ids);
  if (described.kind === 'described') return described.items;
  if (ids.length === 1) return [];
  const unnamed = ids.filter((id) => !described.text.includes(id));
  const again = unnamed.length < ids.length ? [unnamed] : ids.map((id) => [id]);
  const found: Item[] = [];
  for (const batch of again) {
    if (batch.length === 0) continue;
    await payMore();
    found.push(...(await leaveOutMissing(batch, describe, payMore)));
  }
  return found;
};
