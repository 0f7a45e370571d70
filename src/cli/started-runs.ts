import type { RunApi } from '../platform/ports/run-api.ts';
import type { CliContext } from './cli-context.ts';
import type { Interrupts } from './interrupts.ts';
import { localStopPersistence, stopRun } from './stop-run.ts';

/** A run API that remembers which runs it has started, because on one machine they end with the process. */
export interface StartedRuns {
  readonly api: RunApi;
  /** Ids of those that have no summary yet. */
  unfinished(): Promise<readonly string[]>;
}

export const rememberStarted = (api: RunApi): StartedRuns => {
  const started = new Set<string>();
  return {
    api: {
      check: (request) => api.check(request),
      list: (page) => api.list(page),
      progress: (runId) => api.progress(runId),
      summary: (runId) => api.summary(runId),
      timeline: (runId, after) => api.timeline(runId, after),
      stop: (runId, reason) => api.stop(runId, reason),
      scale: (runId, change) => api.scale(runId, change),
      async start(request, options) {
        const run = await api.start(request, options);
        if (run.created) started.add(run.runId);
        return run;
      },
    },
    async unfinished() {
      for (const runId of started) if ((await api.summary(runId)) !== undefined) started.delete(runId);
      return [...started];
    },
  };
};

const pollMillis = 100;

/** Stops all of them and waits for their summaries. Returns those that had none when the user would not wait longer. */
export const stopStarted = async (
  context: CliContext,
  runs: StartedRuns,
  interrupts: Interrupts,
): Promise<readonly string[]> => {
  const left = await runs.unfinished();
  let isOverdue = false;
  void interrupts.overdue.then(() => {
    isOverdue = true;
  });
  const stopping = Promise.all(left.map((runId) => stopRun(context, runs.api, runId, localStopPersistence)));
  await Promise.race([stopping, interrupts.overdue]);
  for (;;) {
    const unfinished = await runs.unfinished();
    if (unfinished.length === 0 || isOverdue) return unfinished;
    await context.sleep(pollMillis);
  }
};
