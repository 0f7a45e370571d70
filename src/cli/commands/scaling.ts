import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { scalingApplyCommand } from './scaling-apply.ts';
import { scalingCheckCommand } from './scaling-check.ts';
import { scalingExplainCommand } from './scaling-explain.ts';
import { scalingPauseCommand, scalingRemoveCommand, scalingResumeCommand } from './scaling-pause.ts';
import { scalingShowCommand } from './scaling-show.ts';
import { scalingSimulateCommand } from './scaling-simulate.ts';

/** `scaling …`: policies that keep clusters and services the right size. */
export const scalingCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('scaling')
    .description('Keep clusters and services the right size, by a policy.')
    .enablePositionalOptions()
    .addCommand(scalingCheckCommand(context, end))
    .addCommand(scalingSimulateCommand(context, end))
    .addCommand(scalingApplyCommand(context, end))
    .addCommand(scalingShowCommand(context, end))
    .addCommand(scalingExplainCommand(context, end))
    .addCommand(scalingPauseCommand(context, end))
    .addCommand(scalingResumeCommand(context, end))
    .addCommand(scalingRemoveCommand(context, end));
