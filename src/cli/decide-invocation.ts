import { join, relative, sep } from 'node:path';

/** The command line with which the user can call this program again from the same folder. */
export const decideInvocation = (facts: {
  readonly cwd: string;
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}): string => {
  const { cwd, root, env } = facts;
  const installed = root.split(sep).includes('node_modules');
  if (!installed) {
    const path = join(root, 'bin', 'stormdrain.mjs');
    const short = relative(cwd, path);
    return `node ${short.length < path.length ? short : path}`;
  }
  // A global install lies outside the project and is on PATH; npx sets npm_command.
  const local = !relative(cwd, root).startsWith('..');
  return local || env.npm_command === 'exec' ? 'npx stormdrain' : 'stormdrain';
};
