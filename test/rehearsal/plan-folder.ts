import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPlan } from '../../src/cli/load-plan.ts';
import type { StartRequest } from '../../src/platform/ports/run-api.ts';

/** A folder with a plan and the files it names, as a user has it. */
export interface PlanFolder {
  readonly file: string;
  readonly path: string;
  /** As the command line compiles it, for a stack. */
  load(): Promise<StartRequest>;
  close(): Promise<void>;
}

export const writePlan = async (
  yaml: string,
  files: Readonly<Record<string, string>> = {},
): Promise<PlanFolder> => {
  const path = await mkdtemp(join(tmpdir(), 'stormdrain-plan-'));
  for (const [name, text] of Object.entries({ ...files, 'plan.yml': yaml }))
    await writeFile(join(path, name), text);
  return {
    file: join(path, 'plan.yml'),
    path,
    async load() {
      const loaded = await loadPlan({ file: 'plan.yml', set: {} }, path, {
        resolveNames: false,
        targets: 'stack',
      });
      if (loaded.kind === 'refused') throw new Error(loaded.report);
      return loaded;
    },
    close: () => rm(path, { recursive: true, force: true }),
  };
};

/** Limits wide enough for a busy machine on which everything runs at once: counts are asserted, not timings. */
export const patience = 'validity: { sendLagP99: 30s, eventLoopLag: 30s, cpu: 100% }';
