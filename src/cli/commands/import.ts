import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import type { Imported } from '../../importers/imported.ts';
import type { CliContext } from '../cli-context.ts';
import { describeReadError } from '../describe-read-error.ts';
import type { Ending } from '../exit-code.ts';

interface ImportFlags {
  readonly output?: string;
}

interface ImportJob extends ImportFlags {
  /** The word after `import`. */
  readonly format: string;
  /** What is read, in words. */
  readonly what: string;
  /** Absolute or relative to the current folder; undefined reads what is piped in. */
  readonly file: string | undefined;
  read(text: string, name: string): Promise<Imported>;
}

const readSource = async (
  { cwd, stdin, stderr }: CliContext,
  file: string | undefined,
  what: string,
): Promise<string> => {
  if (file === undefined || file === '-') {
    if (stdin.isTTY === true) stderr.write(`Paste ${what}, then press Ctrl-D on a line of its own.\n`);
    return textOf(stdin);
  }
  return readFile(resolve(cwd, file), 'utf8').catch((error: unknown) => {
    throw new BadInputError(`${file} can't be read: ${describeReadError(error)}`, { cause: error });
  });
};

const writeNew = async (path: string, shown: string, text: string): Promise<void> => {
  await writeFile(path, text, { flag: 'wx' }).catch((error: unknown) => {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const reason = exists ? 'it is there already' : (error as Error).message;
    throw new BadInputError(`${shown} can't be written: ${reason}`, { cause: error });
  });
};

const performImport = async (context: CliContext, job: ImportJob): Promise<Ending> => {
  const { stdout, stderr, cwd, invocation } = context;
  const { file, format, output } = job;
  const { formatImport, formatLeftover } = await import('../../importers/format-import.ts');
  const isPiped = file === undefined || file === '-';
  const shown = isPiped ? 'stdin' : basename(file);
  const name = isPiped ? format : basename(file, extname(file)) || format;
  const imported = await job.read(await readSource(context, file, job.what), name);
  if (imported.kind === 'problem') {
    const place = imported.line === undefined ? shown : `${shown}:${imported.line}`;
    throw new BadInputError(`${place}: ${imported.reason}`);
  }
  const plan = formatImport(imported.plan, imported, { file: shown, command: `stormdrain import ${format}` });
  if (output === undefined) stdout.write(plan);
  else await writeNew(resolve(cwd, output), output, plan);
  for (const leftover of imported.leftovers)
    stderr.write(`not carried over: ${formatLeftover(leftover, shown)}\n`);
  if (output !== undefined) stderr.write(`Look at what it would send: ${invocation} plan check ${output}\n`);
  return { kind: 'done' };
};

/** `import har|artillery|curl`: a plan from what other tools write. */
export const importCommand = (context: CliContext, end: (ending: Ending) => void): Command => {
  const perform = async (job: ImportJob): Promise<void> => end(await performImport(context, job));
  const outputOption = [
    '--output <plan>',
    'write the plan to this file, which must not be there yet',
  ] as const;
  return new Command('import')
    .description('Print a plan made of what another tool writes.')
    .addCommand(
      new Command('har')
        .description("A plan of a browser's recording: an HTTP archive, as developer tools save it.")
        .argument('<file>', 'the recording')
        .option('--all-origins', "keep requests to other origins than the page's own", false)
        .option(...outputOption)
        .action(async (file: string, flags: ImportFlags & { readonly allOrigins: boolean }) => {
          const { importHar } = await import('../../importers/import-har.ts');
          const { allOrigins } = flags;
          const read = async (text: string, name: string) => importHar(text, { name, allOrigins });
          await perform({ ...flags, format: 'har', what: 'a recording', file, read });
        }),
    )
    .addCommand(
      new Command('artillery')
        .description('A plan of an Artillery script in YAML or JSON.')
        .argument('<file>', 'the script')
        .option(...outputOption)
        .action(async (file: string, flags: ImportFlags) => {
          const { importArtillery } = await import('../../importers/import-artillery.ts');
          const read = async (text: string, name: string) => importArtillery(text, { name });
          await perform({ ...flags, format: 'artillery', what: 'a script', file, read });
        }),
    )
    .addCommand(
      new Command('curl')
        .description('A plan of curl commands, as they are typed or as browsers copy them.')
        .argument('[file]', 'a file with the commands; without one they are read from stdin')
        .option(...outputOption)
        .action(async (file: string | undefined, flags: ImportFlags) => {
          const { importCurl } = await import('../../importers/import-curl.ts');
          const read = async (text: string, name: string) => importCurl(text, { name });
          await perform({ ...flags, format: 'curl', what: 'curl commands', file, read });
        }),
    );
};
