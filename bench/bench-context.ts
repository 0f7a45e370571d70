import type { BenchOptions } from './bench-options.ts';
import type { CpuPlacement } from './cpu-placement.ts';
import type { FoundPeer, PeerName } from './peers/peer.ts';
import { runTool, type ToolRun } from './peers/tool-run.ts';
import type { Contestant, Sample } from './rounds.ts';
import type { PackedStormdrain } from './stormdrain/pack-stormdrain.ts';
import { type PlanRun, runPlan } from './stormdrain/run-plan.ts';
import type { Workspace } from './workspace.ts';

/** What every table is made with. */
export interface BenchContext {
  readonly options: BenchOptions;
  readonly workspace: Workspace;
  readonly placement: CpuPlacement;
  readonly stormdrain: PackedStormdrain;
  readonly nginxVersion: string | undefined;
  readonly peers: Readonly<Record<PeerName, FoundPeer>>;
  progress(text: string): void;
}

/** Runs some work, and says what the target counted meanwhile. */
export type Counting = <T>(
  work: () => Promise<T>,
) => Promise<{ readonly result: T; readonly requests: number | undefined }>;

/** A peer in rounds; one that isn't installed fails with how to get it. */
export const peerContestant = (
  context: BenchContext,
  peer: FoundPeer,
  seconds: number,
  counting: Counting,
  runOf: (program: string) => ToolRun,
): Contestant => ({
  name: peer.kind === 'found' ? `${peer.name} ${peer.version}` : peer.name,
  measure: async () => sampleOfTool(context, seconds, counting, runOf(programOf(peer))),
});

/** One that needs no installing. */
export const toolContestant = (
  context: BenchContext,
  name: string,
  seconds: number,
  counting: Counting,
  run: ToolRun,
): Contestant => ({ name, measure: async () => sampleOfTool(context, seconds, counting, run) });

const sampleOfTool = async (
  context: BenchContext,
  seconds: number,
  counting: Counting,
  run: ToolRun,
): Promise<Sample> => {
  const { result, requests } = await counting(() =>
    runTool(context.workspace, run, context.placement.generator, seconds),
  );
  return {
    requests: result.requests,
    errors: result.errors,
    countedByTarget: requests,
    loadSeconds: seconds,
    cpu: [{ of: '', seconds: result.cpuSeconds }],
    remarks: [],
  };
};

/** Throws an `Error` that says how to install it. */
export const programOf = (peer: FoundPeer): string => {
  if (peer.kind === 'found') return peer.program;
  throw new Error(`not installed: ${peer.install}`);
};

export const stormdrainContestant = (
  context: BenchContext,
  seconds: number,
  counting: Counting,
  plan: object,
  name = `stormdrain ${context.stormdrain.version}`,
): Contestant => ({
  name,
  async measure(): Promise<Sample> {
    const { result, requests } = await counting(() => runStormdrain(context, plan, seconds));
    return sampleOf(result, requests);
  },
});

/** On the generator's CPU, unless `prefix` says otherwise. */
export const runStormdrain = (
  context: BenchContext,
  plan: object,
  loadSeconds: number,
  prefix = context.placement.generator,
): Promise<PlanRun> =>
  runPlan(plan, { workspace: context.workspace, stormdrain: context.stormdrain, prefix, loadSeconds });

export const sampleOf = (run: PlanRun, countedByTarget: number | undefined): Sample => {
  const { summary } = run;
  return {
    requests: summary.requests.completed,
    errors: summary.requests.failed,
    countedByTarget,
    loadSeconds: summary.durationSeconds,
    cpu: [
      { of: ', worker', seconds: run.workerCpuSeconds },
      { of: ', worker under load', seconds: summary.generator.cpuSeconds },
      { of: ', everything', seconds: run.cpuSeconds },
    ],
    remarks: remarksOf(run),
  };
};

/** What the run says of itself, if it didn't pass. */
export const remarksOf = ({ summary }: PlanRun): readonly string[] => {
  if (summary.outcome === 'passed') return [];
  const example = summary.errors[0];
  return [
    `stormdrain's run is ${summary.outcome}: ${summary.verdict.reasons.join('; ')}`,
    ...(example === undefined ? [] : [`its most frequent error: ${example.kind}: ${example.example}`]),
  ];
};
