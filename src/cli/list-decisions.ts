import type { DecisionPage, ScalingApi } from '../platform/ports/scaling-api.ts';
import type { DecisionRow } from '../scaling/decisions/decision-row.ts';

export interface DecisionsWanted {
  readonly cluster?: string;
  /** `service/web`, `pool/spot`. */
  readonly subject?: string;
  readonly sinceMillis: number;
  /** Without those to do nothing. */
  readonly actedOnly: boolean;
  readonly limit: number;
}

/** As many as a stack gives at once. */
const pageSize = 500;
/** Pages may be empty: a long time without decisions is looked through in so many requests at most. */
const mostPages = 200;

/** Newest first, and whether that is all there are. Throws what the API throws. */
export const listDecisions = async (
  scaling: Pick<ScalingApi, 'explain'>,
  { actedOnly, limit, ...wanted }: DecisionsWanted,
): Promise<{ readonly rows: readonly DecisionRow[]; readonly isAll: boolean }> => {
  const rows: DecisionRow[] = [];
  let after: string | undefined;
  // One more than wanted tells whether there are more: a page that is full may be the last.
  for (let page = 0; page < mostPages && rows.length <= limit; page++) {
    const got: DecisionPage = await scaling.explain({
      ...wanted,
      limit: actedOnly ? pageSize : Math.min(pageSize, limit + 1 - rows.length),
      ...(after === undefined ? {} : { after }),
    });
    rows.push(...got.decisions.filter(({ outcome }) => !actedOnly || outcome !== 'hold'));
    after = got.next;
    if (after === undefined) break;
  }
  return { rows: rows.slice(0, limit), isAll: after === undefined && rows.length <= limit };
};
