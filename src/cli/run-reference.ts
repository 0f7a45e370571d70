import { BadInputError, RunNotFoundError } from '../errors.ts';
import type { RunApi, RunListEntry } from '../platform/ports/run-api.ts';

const searched = 10_000;

/** The id that `last`, a whole id or the beginning of one means, among runs listed newest first. */
export const decideRunReference = (
  reference: string,
  runs: readonly Pick<RunListEntry, 'runId'>[],
):
  | { readonly kind: 'found'; readonly runId: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly runIds: readonly string[] } => {
  if (reference === 'last') {
    const newest = runs[0];
    return newest === undefined ? { kind: 'none' } : { kind: 'found', runId: newest.runId };
  }
  const ids = runs.map((run) => run.runId);
  if (ids.includes(reference)) return { kind: 'found', runId: reference };
  const matching = reference === '' ? [] : ids.filter((id) => id.startsWith(reference));
  if (matching.length > 1) return { kind: 'several', runIds: matching };
  return matching[0] === undefined ? { kind: 'none' } : { kind: 'found', runId: matching[0] };
};

/** Throws `RunNotFound` when nothing matches, `BadInput` when several runs do. */
export const resolveRunReference = async (api: RunApi, reference: string): Promise<string> => {
  const decided = decideRunReference(reference, await api.list(reference === 'last' ? 1 : searched));
  switch (decided.kind) {
    case 'found':
      return decided.runId;
    case 'several':
      throw new BadInputError(
        `"${reference}" is the beginning of ${decided.runIds.length} runs: ${decided.runIds.slice(0, 5).join(', ')}; give more of it`,
      );
    case 'none':
      throw new RunNotFoundError(
        reference === 'last'
          ? 'no runs here yet: start one with "run PLAN" or "demo"'
          : `no run "${reference}" here: "runs" lists the ones there are`,
      );
  }
};
