import { resolve } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { CliApp, CliContext } from './cli-context.ts';
import { decideInvocation } from './decide-invocation.ts';
import { packageRoot } from './package-root.ts';

const interruptSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The context of the running process. */
export const processContext = (): CliContext => {
  const { stdin, stdout, stderr, env } = process;
  const cwd = process.cwd();
  const home = resolve(cwd, env.STORMDRAIN_HOME || '.stormdrain');
  let opened: Promise<CliApp> | undefined;
  let closing: Promise<void> | undefined;

  const sleep: CliContext['sleep'] = (millis, signal) =>
    sleepFor(millis, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);

  return {
    stdin,
    stdout,
    stderr,
    env,
    cwd,
    home,
    invocation: decideInvocation({ cwd, root: packageRoot(), env }),
    now: () => performance.now(),
    sleep,
    onInterrupt(listener) {
      for (const signal of interruptSignals) process.on(signal, listener);
      return () => {
        for (const signal of interruptSignals) process.off(signal, listener);
      };
    },
    openApp(stack) {
      opened ??=
        stack === undefined
          ? import('./local-app.ts').then(({ localApp }) => localApp({ home, cwd }))
          : import('./remote-app.ts').then(({ remoteApp }) => remoteApp(stack, env));
      return opened;
    },
    closeApp(limitMillis) {
      if (opened === undefined) return Promise.resolve();
      closing ??= closeWithin(opened, limitMillis, sleep);
      return closing;
    },
  };
};

const closeWithin = async (
  opened: Promise<CliApp>,
  limitMillis: number,
  sleep: CliContext['sleep'],
): Promise<void> => {
  const limit = new AbortController();
  // An app that failed to open has nothing to close; its error went to whoever opened it.
  const closed = opened.then(
    (app) => app.close(),
    () => undefined,
  );
  await Promise.race([closed, sleep(limitMillis, limit.signal)]).finally(() => limit.abort());
};
