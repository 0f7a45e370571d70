import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { parsePort } from '../parse-arguments.ts';

const defaultPort = 8088;
/** With the closing of the app this stays under five seconds after the first Ctrl-C, as `run` does. */
const patienceMillis = 4300;
const abandonedCloseMillis = 400;

/** `serve`: the HTTP API on this machine, with the runs of this machine. */
export const serveCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('serve')
    .description('Serve the HTTP API on this machine, for this machine only.')
    .option('--port <number>', 'port to listen on; 0 for any that is free', parsePort, defaultPort)
    .action(async ({ port }: { readonly port: number }) => {
      end(await serve(context, port));
    });

const serve = async (context: CliContext, port: number): Promise<Ending> => {
  const { serveApi } = await import('../../api/http-server.ts');
  const { rememberStarted, stopStarted } = await import('../started-runs.ts');
  const { describeError } = await import('../describe-error.ts');
  const { stdout, stderr } = context;
  const { api, local } = await context.openApp();
  if (local === undefined)
    throw new BadInputError('serve is for the runs of this machine; a stack has an API of its own');
  const runs = rememberStarted(api);
  const interrupts = listenForInterrupts(context, patienceMillis);
  try {
    const server = await serveApi({
      port,
      portsAt: (url) => ({
        runs: runs.api,
        store: local.store,
        guard: local.guard,
        uploads: local.ticketsAt(url),
        // Those of simulations: no cluster is looked after from here.
        drains: local.drains,
        // Kept and checked; no cluster is scaled from here.
        scaling: local.scaling,
        logs: local.logs,
      }),
      report: (error) => void stderr.write(describeError(error, context.env)),
    }).catch((error: unknown) => {
      throw portError(error, port);
    });
    stdout.write(`The API is at ${server.url}, described by ${server.url}/openapi.json. Ctrl-C ends it.\n`);
    await interrupts.asked;
    await server.close();
    const { length } = await runs.unfinished();
    if (length > 0)
      stderr.write(`Stopping ${length === 1 ? 'a run' : `${length} runs`}; Ctrl-C again to leave at once.\n`);
    const left = await stopStarted(context, runs, interrupts);
    if (left.length > 0) {
      stderr.write(
        `Left before these runs had a summary: ${left.join(', ')}. What they measured is in ${context.home}.\n`,
      );
      await context.closeApp(abandonedCloseMillis);
      return { kind: 'interrupted' };
    }
    return { kind: 'done' };
  } finally {
    interrupts.close();
  }
};

const portError = (error: unknown, port: number): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return new BadInputError(`port ${port} is taken; choose another one: serve --port 0 takes any`, {
      cause: error,
    });
  if (code === 'EACCES')
    return new BadInputError(`port ${port} may not be listened on; choose one above 1023`, { cause: error });
  return error;
};
