import { Command, Option } from 'commander';
import { counted } from '../../document/format-quantity.ts';
import type { CliContext } from '../cli-context.ts';
import { describeScan } from '../describe-scan.ts';
import type { Ending } from '../exit-code.ts';
import { parseScan } from '../log-arguments.ts';
import { askUntilInterrupted, openLogs, type QueryPage, readQuery } from '../logs-place.ts';
import { type QueryFormat, queryPrinter } from '../print-query.ts';
import { terminalText } from '../render/terminal-text.ts';
import { type StackFlags, withStack } from '../stack-reference.ts';

interface SqlFlags extends StackFlags {
  readonly format: QueryFormat;
  readonly maxScan?: number;
  readonly reuse: boolean;
}

const sql = async (context: CliContext, text: string, flags: SqlFlags): Promise<Ending> => {
  const { stderr } = context;
  const { logs } = await openLogs(context, flags);
  return askUntilInterrupted(context, async (signal) => {
    const started = await logs.select({
      sql: text,
      reuse: flags.reuse,
      ...(flags.maxScan === undefined ? {} : { maxScanBytes: flags.maxScan }),
    });
    for (const warning of started.warnings) stderr.write(`Warning: ${terminalText(warning)}.\n`);
    const printer = queryPrinter(flags.format, context);
    let last: QueryPage | undefined;
    let rows = 0;
    for await (const page of readQuery(logs, started, signal)) {
      printer.page(page);
      rows += page.rows.length;
      last = page;
    }
    if (signal.aborted || last === undefined) return { kind: 'interrupted' };
    printer.end();
    stderr.write(`${counted(rows, 'row')}; ${describeScan(last)}.\n`);
    return { kind: 'done' };
  });
};

/** `sql "select …"`: a SELECT over logs, runs, their timeline and decisions. */
export const sqlCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('sql')
      .description('Ask logs, runs, timelines and decisions with one SELECT.')
      .argument('<select>', 'one SELECT, or WITH … SELECT; "catalog" lists the tables')
      .addOption(
        new Option('--format <format>', 'how rows are printed')
          .choices(['table', 'json', 'csv'])
          .default('table'),
      )
      .option('--max-scan <size>', 'refuse it, or end it, when it would scan more: 10GB', parseScan)
      .option('--no-reuse', 'run it anew, even where a result is at hand'),
    'tables',
  ).action(async (text: string, flags: SqlFlags) => end(await sql(context, text, flags)));
