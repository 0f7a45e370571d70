import { BalancerRefusedError } from '../../errors.ts';
import type { ServerChange } from './plan-servers.ts';
import type { RuntimeApi } from './runtime-api.ts';

/** Most commands of HAProxy answer nothing when they succeed. */
const expectAnswer = (answer: string, command: string, fine: RegExp): void => {
  const refusal = answer
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '' && !fine.test(line));
  if (refusal === undefined) return;
  throw new BalancerRefusedError(
    `HAProxy refuses "${command}": ${refusal} See that its stats socket has "level admin" and the backend a dynamic algorithm, as roundrobin or leastconn`,
  );
};

/** Is the change done? False when something is still in flight, and it must be tried again later. */
export const carryOutChange = async (
  api: RuntimeApi,
  backend: string,
  change: ServerChange,
  serverOptions: string,
): Promise<boolean> => {
  if (change.kind === 'forget') return true;
  const server = `${backend}/${change.name}`;
  // A server that is added, or was in maintenance, counts as up until its first check: it is told to be down while it
  // drains, so that no request goes to a target that doesn't answer yet. In maintenance its health can't be set.
  const enter = [
    `set server ${server} state drain`,
    `set server ${server} health down`,
    `set server ${server} state ready`,
  ].join('; ');
  switch (change.kind) {
    case 'add': {
      const command = `add server ${server} ${change.address} ${serverOptions}; enable health ${server}; ${enter}`;
      expectAnswer(
        await api.ask(command),
        command,
        /^(New server registered\.|Already exists a server with the same name in backend\.)$/,
      );
      return true;
    }
    case 'enable': {
      const command = change.isOwn ? `enable health ${server}; ${enter}` : `set server ${server} state ready`;
      expectAnswer(await api.ask(command), command, /^$/);
      return true;
    }
    case 'silence': {
      // Not `drain`: that still sends requests of clients that stick to the server.
      const command = `set server ${server} state maint`;
      expectAnswer(await api.ask(command), command, /^No such server\.$/);
      return true;
    }
    case 'remove': {
      if (change.isOverdue) await api.ask(`shutdown sessions server ${server}`);
      if (!change.isOwn) return true;
      const command = `set server ${server} state maint; del server ${server}`;
      const answer = await api.ask(command);
      if (answer.includes('still has connections attached')) return false;
      expectAnswer(answer, command, /^(Server deleted\.|No such server\.)$/);
      return true;
    }
  }
};
