import type { Plan } from '../plan/plan.ts';
import { fileReferences } from '../plan/plan-files.ts';
import type { PlanSubmission, SubmittedFile } from '../platform/ports/run-api.ts';

/** What a plan was compiled from, for somebody who compiles it again without its folder. */
export const planSubmission = (
  document: Pick<PlanSubmission, 'text' | 'name' | 'set' | 'workers'>,
  plan: Plan,
  uploads: ReadonlyMap<string, Uint8Array>,
): PlanSubmission => {
  const files: Record<string, SubmittedFile> = {};
  for (const { file, upload } of [
    ...fileReferences(plan),
    ...plan.scenarios.flatMap(({ data }) => data ?? []),
  ])
    files[file] = { upload, bytes: uploads.get(upload)?.length ?? 0 };
  if (plan.hooks !== undefined) {
    const { file, upload, bytes, exports } = plan.hooks;
    files[file] = { upload, bytes, exports };
  }
  return { ...document, files };
};
