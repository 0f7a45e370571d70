import type { EngineShard } from '../engine/engine.ts';
import type { Hook } from '../engine/hooks.ts';
import { DocumentInvalidError, PlanInvalidError } from '../errors.ts';
import type { DataRow } from '../plan/data-rows.ts';
import type { Plan, Step } from '../plan/plan.ts';
import { planFiles } from '../plan/plan-files.ts';
import { readRows } from '../plan/read-rows.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import { importHooks } from './import-hooks.ts';

export type Uploads = ReadonlyMap<string, Uint8Array>;

/** The bytes of everything the plan refers to, by `upload`. Throws `DocumentInvalid` when something isn't in the store. */
export const readUploads = async (store: ObjectStore, plan: Plan): Promise<Map<string, Uint8Array>> => {
  const data = plan.scenarios.flatMap((scenario) => (scenario.data === undefined ? [] : [scenario.data]));
  const wanted = new Map([...data, ...planFiles(plan)].map(({ upload, file }) => [upload, file]));
  const uploads = new Map<string, Uint8Array>();
  for (const [upload, file] of wanted) {
    const got = await store.get(upload);
    if (got.kind !== 'found')
      throw new DocumentInvalidError(`${upload}, the bytes of ${file}, is not in the store`);
    uploads.set(upload, got.body);
  }
  return uploads;
};

const hooksOfStep = (step: Step): readonly string[] => {
  if (step.kind === 'think') return [];
  if (step.kind !== 'request') return step.steps.flatMap(hooksOfStep);
  return [step.before, step.after].filter((name) => name !== undefined);
};

const hookNames = (plan: Plan): ReadonlySet<string> =>
  new Set(plan.scenarios.flatMap((scenario) => scenario.steps.flatMap(hooksOfStep)));

/** What an engine is handed of the uploads. Throws `DocumentInvalid` or `PlanInvalid` when they can't be read. */
export const loadParts = async (
  plan: Plan,
  uploads: Uploads,
): Promise<Pick<EngineShard, 'data' | 'files' | 'hooks'>> => {
  const bytesOf = ({ upload, file }: { readonly upload: string; readonly file: string }): Uint8Array => {
    const bytes = uploads.get(upload);
    if (bytes === undefined) throw new DocumentInvalidError(`${upload}, the bytes of ${file}, was not read`);
    return bytes;
  };
  const data = new Map<string, readonly DataRow[]>();
  for (const scenario of plan.scenarios)
    if (scenario.data !== undefined) data.set(scenario.name, readRows(bytesOf(scenario.data)));
  const hooks =
    plan.hooks === undefined
      ? new Map<string, Hook>()
      : await importHooks(bytesOf(plan.hooks), plan.hooks.file);
  for (const name of hookNames(plan))
    if (!hooks.has(name))
      throw new PlanInvalidError(`${name}, which ${plan.hooks?.file} exports, is no function`);
  return {
    data,
    files: new Map(planFiles(plan).map((file) => [file.upload, bytesOf(file)])),
    hooks,
  };
};
