import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { parseRateScale, parseWorkers } from '../parse-arguments.ts';
import { formatFactor, formatMany } from '../render/format-figures.ts';
import { resolveRunReference } from '../run-reference.ts';
import { decideStack, type StackFlags, withStack } from '../stack-reference.ts';

interface ScaleFlags extends StackFlags {
  readonly workers?: number;
  readonly rate?: number;
}

/** `scale ID`: changes workers or rate of a run while it runs. */
export const scaleCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('scale')
      .description('Change the workers or the rate of a running run.')
      .argument('<run>', 'the run\'s id, its beginning, or "last"')
      .option('--workers <count>', 'workers from now on', parseWorkers)
      .option(
        '--rate <factor>',
        "rate from now on, as a factor of the plan's: 2x is twice what it says",
        parseRateScale,
      ),
  ).action(async (reference: string, { workers, rate, ...flags }: ScaleFlags) => {
    if (workers === undefined && rate === undefined) {
      throw new BadInputError('scale changes nothing without --workers or --rate');
    }
    const { api, stack } = await context.openApp(decideStack(flags, context.env));
    const runId = await resolveRunReference(api, reference, stack);
    await api.scale(runId, {
      ...(workers === undefined ? {} : { workers }),
      ...(rate === undefined ? {} : { rateScale: rate }),
    });
    const changes = [
      ...(workers === undefined ? [] : [formatMany(workers, 'worker')]),
      ...(rate === undefined ? [] : [`${formatFactor(rate)} the plan's rate`]),
    ];
    // On a stack, workers are machines that have to start.
    const when =
      stack === undefined || workers === undefined ? 'within seconds' : 'when the workers are ready';
    context.stdout.write(`Asked run ${runId} for ${changes.join(' and ')}; it takes effect ${when}.\n`);
    end({ kind: 'done' });
  });
