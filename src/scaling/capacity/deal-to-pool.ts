/** What a pool has by now. */
export interface PoolShare {
  readonly name: string;
  /** Weight among the pools. */
  readonly share: number;
  readonly instances: number;
}

/** Those with a share, or those without one, when some of the able are. */
const preferred = (
  pools: readonly PoolShare[],
  able: readonly string[],
  isPreferred: (share: number) => boolean,
): readonly string[] => {
  const names = pools.flatMap(({ name, share }) => (isPreferred(share) && able.includes(name) ? [name] : []));
  return names.length > 0 ? names : able;
};

/**
 * Which of the able pools gets the next instance: the one that is furthest below its share of one more instance than there
 * are; of equals, the first. One without a share only when no other is able, and of those the one that has least. Undefined
 * when none is able. Pure.
 */
export const dealToPool = (pools: readonly PoolShare[], able: readonly string[]): string | undefined => {
  const shares = pools.reduce((sum, { share }) => sum + share, 0);
  const next = pools.reduce((sum, { instances }) => sum + instances, 1);
  const takers = preferred(pools, able, (share) => share > 0);
  let best: { readonly name: string; readonly deficit: number } | undefined;
  for (const { name, share, instances } of pools) {
    if (!takers.includes(name)) continue;
    const deficit = (shares === 0 ? 0 : (next * share) / shares) - instances;
    if (best === undefined || deficit > best.deficit) best = { name, deficit };
  }
  return best?.name;
};

/**
 * Which of the able pools gives an instance: the one that is furthest above its share of one less; of equals, the last. Those
 * without a share give first. Pure.
 */
export const dealFromPool = (pools: readonly PoolShare[], able: readonly string[]): string | undefined => {
  const shares = pools.reduce((sum, { share }) => sum + share, 0);
  const next = pools.reduce((sum, { instances }) => sum + instances, -1);
  const givers = preferred(pools, able, (share) => share === 0);
  let best: { readonly name: string; readonly surplus: number } | undefined;
  for (const { name, share, instances } of pools) {
    if (!givers.includes(name)) continue;
    const surplus = instances - (shares === 0 ? 0 : (next * share) / shares);
    if (best === undefined || surplus >= best.surplus) best = { name, surplus };
  }
  return best?.name;
};
