import type { KnownTask } from './targets-document.ts';

export type TaskStep = { readonly kind: 'go' } | { readonly kind: 'ignored'; readonly reason: string };

const ignored = (reason: string): TaskStep => ({ kind: 'ignored', reason });

/** Is a task that runs to be registered? What was meant and not finished is done again, whatever the version. */
export const classifyRunning = (known: KnownTask | undefined, version: number): TaskStep => {
  if (known === undefined) return { kind: 'go' };
  if (known.state === 'registering') return version < known.version ? ignored('late') : { kind: 'go' };
  if (known.state !== 'registered') return ignored('the task is being stopped');
  if (version === known.version) return ignored('duplicate');
  return ignored(version < known.version ? 'late' : 'registered already');
};

/** Is a task that leaves to be deregistered? Nothing brings a task back, so only what is done already is ignored. */
export const classifyLeaving = (known: KnownTask | undefined, version: number): TaskStep => {
  if (known === undefined || known.state === 'leaving') return { kind: 'go' };
  if (known.state === 'left') return ignored(version < known.version ? 'late' : 'duplicate');
  return version < known.version ? ignored('late') : { kind: 'go' };
};
