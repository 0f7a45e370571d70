import { randomInt } from 'node:crypto';
import { StoreConflictError } from '../errors.ts';
import type { StartRequest } from '../platform/ports/run-api.ts';
import type { Workflow } from '../platform/ports/workflow.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { writeJson } from './stored-json.ts';

const suffixLetters = 'abcdefghjkmnpqrstvwxyz23456789';

/** `20261121-093000-k7fq`: sorts by time, says when, at most 20 characters (ECS keeps 36 for `startedBy`). */
export const newRunId = (nowMillis: number): string => {
  const stamp = new Date(nowMillis).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  const suffix = Array.from({ length: 4 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
  return `${stamp}-${suffix}`;
};

/** Stores plan and data, lists the run, and starts the state machine on it. */
export const submitRun = async (
  ports: Pick<RunPorts, 'store' | 'clock'> & { readonly workflow: Workflow },
  { plan, uploads }: StartRequest,
): Promise<{ readonly runId: string }> => {
  const nowMillis = ports.clock.nowMillis();
  const runId = newRunId(nowMillis);
  const keys = runKeys(runId);
  // Named by digest: what is there already is the same bytes.
  for (const [key, body] of uploads) await ports.store.put(key, body, { ifAbsent: true });
  const put = await writeJson(ports.store, keys.plan, plan, { ifAbsent: true });
  if (put.kind === 'conflict') throw new StoreConflictError(`Run ${runId} exists already; try again.`);
  await writeJson(ports.store, keys.index(nowMillis), {
    version: 1,
    runId,
    name: plan.name,
    target: plan.target,
    createdAt: new Date(nowMillis).toISOString(),
  });
  await ports.workflow.start(runId);
  return { runId };
};
