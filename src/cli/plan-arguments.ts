import type { Command } from 'commander';
import type { PlanRequest } from './load-plan.ts';
import { parseSetting, parseWorkers } from './parse-arguments.ts';

export interface PlanFlags {
  readonly workers?: number;
  readonly set: Readonly<Record<string, string>>;
}

/** The plan that a command takes, and what may be changed of it. */
export const withPlan = (command: Command): Command =>
  command
    .argument('<plan>', 'the plan, a YAML or JSON file')
    .option('--workers <count>', "workers to use instead of the plan's", parseWorkers)
    .option(
      '--set <key=value>',
      "set one of the plan's variables; may be given several times",
      parseSetting,
      {},
    );

export const planRequest = (file: string, { workers, set }: PlanFlags): PlanRequest => ({
  file,
  set,
  ...(workers === undefined ? {} : { workers }),
});
