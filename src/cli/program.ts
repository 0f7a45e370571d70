import { Command, type Option } from 'commander';
import type { CliContext } from './cli-context.ts';
import { catalogCommand } from './commands/catalog.ts';
import { demoCommand } from './commands/demo.ts';
import { drainCommand } from './commands/drain.ts';
import { drainsCommand } from './commands/drains.ts';
import { importCommand } from './commands/import.ts';
import { logsCommand } from './commands/logs.ts';
import { planCommand } from './commands/plan-check.ts';
import { runCommand } from './commands/run.ts';
import { runsCommand } from './commands/runs.ts';
import { scaleCommand } from './commands/scale.ts';
import { scalingCommand } from './commands/scaling.ts';
import { scheduleCommand, schedulesCommand, unscheduleCommand } from './commands/schedule.ts';
import { serveCommand } from './commands/serve.ts';
import { showCommand } from './commands/show.ts';
import { sqlCommand } from './commands/sql.ts';
import { stopCommand } from './commands/stop.ts';
import { stopTaskCommand } from './commands/stop-task.ts';
import { watchCommand } from './commands/watch.ts';
import type { Ending } from './exit-code.ts';
import { packageVersion } from './package-root.ts';

const commands = [
  runCommand,
  runsCommand,
  showCommand,
  watchCommand,
  stopCommand,
  scaleCommand,
  planCommand,
  scheduleCommand,
  schedulesCommand,
  unscheduleCommand,
  drainCommand,
  drainsCommand,
  stopTaskCommand,
  scalingCommand,
  logsCommand,
  sqlCommand,
  catalogCommand,
  importCommand,
  serveCommand,
  demoCommand,
];

const afterHelp = `
Exit codes: 0 passed, 1 thresholds missed or numbers not to be trusted, 2 bad input,
70 a bug, 75 try again later, 130 interrupted or stopped.`;

/** Only a number tells more than the description does already. */
const optionDescription = ({ description, defaultValue }: Option): string =>
  typeof defaultValue === 'number' ? `${description} (default: ${defaultValue})` : description;

/** Throws instead of exiting, and writes to the context's streams; subcommands don't inherit either by themselves. */
const tame = (command: Command, context: CliContext): void => {
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ optionDescription })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'stormdrain: ')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const subcommand of command.commands) tame(subcommand, context);
};

/** The whole command line. Each command reports its ending through `end`, or throws. */
export const buildProgram = (context: CliContext, end: (ending: Ending) => void): Command => {
  const program = new Command('stormdrain')
    .description('Load tests with numbers that can be trusted, and drains that nobody notices.')
    .version(packageVersion(), '--version')
    // So that options after a subcommand's name are the subcommand's.
    .enablePositionalOptions()
    .addHelpText('after', afterHelp);
  for (const command of commands) program.addCommand(command(context, end));
  tame(program, context);
  return program;
};
