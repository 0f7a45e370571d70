import { Command } from 'commander';
import type { DrainHistory, DrainListEntry } from '../../platform/ports/drain-api.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import { drainsOfStack } from '../drain-stack.ts';
import type { Ending } from '../exit-code.ts';
import { parseLimit } from '../parse-arguments.ts';
import { renderDrainList } from '../render/render-drain-list.ts';
import { renderDrainRecord } from '../render/render-drain-record.ts';
import {
  commandLine,
  decideStack,
  type StackFlags,
  type StackReference,
  withStack,
} from '../stack-reference.ts';

interface DrainsFlags extends StackFlags {
  readonly limit: number;
  readonly json: boolean;
}

const pageSize = 50;

interface Listed {
  readonly drains: readonly DrainListEntry[];
  readonly isAll: boolean;
}

const listUpTo = async (history: DrainHistory, limit: number): Promise<Listed> => {
  const drains: DrainListEntry[] = [];
  let after: string | undefined;
  do {
    const page = await history.list({
      limit: Math.min(pageSize, limit - drains.length),
      ...(after === undefined ? {} : { after }),
    });
    drains.push(...page.drains);
    after = page.next;
  } while (after !== undefined && drains.length < limit);
  return { drains: drains.slice(0, limit), isAll: after === undefined };
};

const historyOf = async (context: CliContext, place: StackReference | undefined): Promise<DrainHistory> => {
  if (place !== undefined) return drainsOfStack(context, place);
  const { local } = await context.openApp();
  if (local === undefined) throw new Error('this machine has no folder of records');
  return local.drains;
};

/** `drains [ID]`: lists drains, newest first, or shows one as a timeline. */
export const drainsCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('drains')
      .description('List drains, newest first; or show one as a timeline.')
      .argument(
        '[drain]',
        "the drain's id or its beginning, or the instance's id, whose newest drain is meant",
      )
      .option('--limit <count>', 'how many at most', parseLimit, 20)
      .option('--json', 'print them as one JSON array, or one as a document', false),
    'drains',
  ).action(async (reference: string | undefined, flags: DrainsFlags) => {
    const { stdout, env, invocation } = context;
    const stack = decideStack(flags, env);
    const history = await historyOf(context, stack);
    const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
    const print = (value: unknown, text: () => string): void =>
      void stdout.write(`${flags.json ? JSON.stringify(value, undefined, 2) : text()}\n`);
    if (reference !== undefined) {
      const record = await history.show(reference);
      print(record, () => renderDrainRecord(record, layout));
    } else {
      const { drains, isAll } = await listUpTo(history, flags.limit);
      const first = commandLine(invocation, stack === undefined ? 'drain simulate' : 'drain INSTANCE', stack);
      const more = commandLine(invocation, `drains --limit ${flags.limit * 5}`, stack);
      print(drains, () => {
        if (drains.length === 0) return `No drains here yet. Begin one: ${first}`;
        const table = renderDrainList(drains, layout);
        return isAll ? table : `${table}\n\nThere are older ones: ${more}`;
      });
    }
    end({ kind: 'done' });
  });
