import type { SimulationSummary } from './summarise-result.ts';

/** What came of the same scaler in several worlds: the mean, but the highest of what is a highest. At least one. */
export const meanSummary = (
  summaries: readonly [SimulationSummary, ...SimulationSummary[]],
): SimulationSummary => {
  const [first] = summaries;
  const mean = (of: (summary: SimulationSummary) => number): number =>
    summaries.reduce((sum, summary) => sum + of(summary), 0) / summaries.length;
  const most = (of: (summary: SimulationSummary) => number): number => Math.max(...summaries.map(of));
  const reasons: SimulationSummary['reasons'] = Object.fromEntries(
    summaries
      .flatMap((summary) => Object.keys(summary.reasons) as (keyof SimulationSummary['reasons'])[])
      .map((reason) => [reason, mean((summary) => summary.reasons[reason] ?? 0)]),
  );
  return {
    scaler: first.scaler,
    everySeconds: first.everySeconds,
    requests: mean(({ requests }) => requests),
    dropped: mean(({ dropped }) => dropped),
    droppedShare: mean(({ droppedShare }) => droppedShare),
    droppingSeconds: mean(({ droppingSeconds }) => droppingSeconds),
    worstDelaySeconds: most(({ worstDelaySeconds }) => worstDelaySeconds),
    taskHours: mean(({ taskHours }) => taskHours),
    nodeHours: mean(({ nodeHours }) => nodeHours),
    costUsd: mean(({ costUsd }) => costUsd),
    outs: mean(({ outs }) => outs),
    ins: mean(({ ins }) => ins),
    interruptions: mean(({ interruptions }) => interruptions),
    mostTasks: most(({ mostTasks }) => mostTasks),
    mostInstances: most(({ mostInstances }) => mostInstances),
    use: mean(({ use }) => use),
    reasons,
  };
};
