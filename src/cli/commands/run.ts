import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseSetting, parseWorkers } from '../parse-arguments.ts';
import { performRun } from '../perform-run.ts';

interface RunFlags {
  readonly workers?: number;
  readonly set: Readonly<Record<string, string>>;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `run PLAN`: starts a run and stays with it until its summary. */
export const runCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('run')
    .description('Run a plan: show progress while it runs, then its summary.')
    .argument('<plan>', 'the plan, a YAML or JSON file')
    .option('--workers <count>', "workers to use instead of the plan's", parseWorkers)
    .option(
      '--set <key=value>',
      "set one of the plan's variables; may be given several times",
      parseSetting,
      {},
    )
    .option('--json', 'print the summary as one JSON document', false)
    .option('--quiet', 'print no progress, and the outcome as one line', false)
    .action(async (file: string, flags: RunFlags) => {
      const request = {
        file,
        set: flags.set,
        ...(flags.workers === undefined ? {} : { workers: flags.workers }),
      };
      end(await performRun(context, request, flags));
    });
