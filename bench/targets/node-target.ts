import type { ChildProcess } from 'node:child_process';
import type { Workspace } from '../workspace.ts';

/** A server of ours in a process of its own. It tells its port first, and answers each message with what it counted. */
export interface NodeTarget<Report> {
  readonly url: string;
  report(): Promise<Report>;
  close(): Promise<void>;
}

const answerLimitMillis = 10_000;

export const startNodeTarget = async <Report>(
  workspace: Workspace,
  entry: URL,
  args: readonly string[],
  prefix: readonly string[],
): Promise<NodeTarget<Report>> => {
  const child = workspace.spawn([...prefix, process.execPath, entry.pathname, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { port } = await nextMessage<{ readonly port: number }>(child);
  return {
    url: `http://127.0.0.1:${port}`,
    report: () => {
      const answer = nextMessage<Report>(child);
      child.send('report');
      return answer;
    },
    close: () => workspace.end(child),
  };
};

const nextMessage = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(limit);
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (message: unknown): void => {
      settle();
      resolve(message as Message);
    };
    const onExit = (): void => {
      settle();
      reject(new Error(`a target ended with exit code ${child.exitCode}`));
    };
    const limit = setTimeout(() => {
      settle();
      reject(new Error('a target does not answer'));
    }, answerLimitMillis);
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
