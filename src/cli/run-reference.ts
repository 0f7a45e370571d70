import { BadInputError, RunNotFoundError } from '../errors.ts';
import type { RunApi, RunListEntry } from '../platform/ports/run-api.ts';
import { type StackReference, stackArguments } from './stack-reference.ts';

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

const wholeId = /^\d{8}-\d{6}-[a-z0-9]{4}$/;
const pageSize = 100;

/** Newest first, as far as any can begin with the reference: ids begin with the time at which they were made. */
const listCandidates = async (
  api: RunApi,
  reference: string,
): Promise<readonly Pick<RunListEntry, 'runId'>[]> => {
  const found: RunListEntry[] = [];
  let after: string | undefined;
  do {
    const page = await api.list({ limit: pageSize, ...(after === undefined ? {} : { after }) });
    found.push(...page.runs);
    after = page.next;
    const oldest = page.runs.at(-1)?.runId;
    if (oldest !== undefined && wholeId.test(oldest) && oldest < reference && !oldest.startsWith(reference))
      break;
  } while (after !== undefined && found.length < searched);
  return found;
};

/**
 * Throws `RunNotFound` when nothing matches, `BadInput` when several runs do. Of a stack, a whole id is taken at its
 * word: the stack says so when there is no such run.
 */
export const resolveRunReference = async (
  api: RunApi,
  reference: string,
  stack?: StackReference,
): Promise<string> => {
  if (stack !== undefined && wholeId.test(reference)) return reference;
  const runs =
    reference === 'last' ? (await api.list({ limit: 1 })).runs : await listCandidates(api, reference);
  const decided = decideRunReference(reference, runs);
  const where = stack === undefined ? 'here' : `on the stack ${stack.name}`;
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
          ? `no runs ${where} yet: start one with "run PLAN${stackArguments(stack)}"${stack === undefined ? ' or "demo"' : ''}`
          : `no run "${reference}" ${where}: "runs${stackArguments(stack)}" lists the ones there are`,
      );
  }
};
