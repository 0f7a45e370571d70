import { Command } from 'commander';
import { counted } from '../../document/format-quantity.ts';
import type { CatalogUpdate } from '../../platform/ports/logs-api.ts';
import { type CliContext, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { openLogs } from '../logs-place.ts';
import { renderLogTables } from '../render/render-log-tables.ts';
import { terminalText } from '../render/terminal-text.ts';
import { commandLine, type StackFlags, withStack } from '../stack-reference.ts';

interface CatalogFlags extends StackFlags {
  readonly json: boolean;
}

const systemTables = 'Beside them: runs, run_timeline and decisions.';

const list = async (context: CliContext, flags: CatalogFlags): Promise<Ending> => {
  const { stdout, stderr, env, invocation } = context;
  const { logs, stack } = await openLogs(context, flags);
  const tables = await logs.tables();
  if (flags.json) stdout.write(`${JSON.stringify(tables, undefined, 2)}\n`);
  else if (tables.length > 0) {
    stdout.write(`${renderLogTables(tables, { colour: wantsColour(stdout, env) })}\n`);
    stderr.write(`${systemTables}\n`);
  } else
    stdout.write(
      `No tables of logs yet. What is in the store is found by: ${commandLine(invocation, 'catalog update', stack)}\n`,
    );
  return { kind: 'done' };
};

const describeUpdate = ({ tablesMade, partitionsMade, partitionsRemoved }: CatalogUpdate): string =>
  `${counted(tablesMade, 'table')} and ${counted(partitionsMade, 'partition')} made, ${counted(partitionsRemoved, 'partition')} removed.`;

const update = async (context: CliContext, flags: CatalogFlags): Promise<Ending> => {
  const { stdout, stderr, invocation } = context;
  const { logs, stack } = await openLogs(context, flags);
  const updated = await logs.updateCatalog();
  if (flags.json) stdout.write(`${JSON.stringify(updated, undefined, 2)}\n`);
  else if (updated.isDone) stdout.write(`${describeUpdate(updated)}\n`);
  else stdout.write(`Asked for; look in a minute: ${commandLine(invocation, 'catalog', stack)}\n`);
  for (const problem of updated.problems) stderr.write(`${terminalText(problem)}\n`);
  return { kind: updated.problems.length > 0 ? 'missed' : 'done' };
};

/** `catalog [update]`: the tables that can be asked, and bringing them up to date. */
export const catalogCommand = (context: CliContext, end: (ending: Ending) => void): Command => {
  const command = (name: string, description: string): Command =>
    withStack(
      new Command(name).description(description).option('--json', 'print one JSON document', false),
      'tables',
    );
  return command('catalog', 'List the tables of logs that can be asked.')
    .enablePositionalOptions()
    .action(async (flags: CatalogFlags) => end(await list(context, flags)))
    .addCommand(
      command('update', 'Find new containers and days, and bring the tables up to date.').action(
        async (flags: CatalogFlags) => end(await update(context, flags)),
      ),
    );
};
