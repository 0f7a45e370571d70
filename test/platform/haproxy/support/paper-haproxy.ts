import type { RuntimeApi } from '../../../../src/platform/haproxy/runtime-api.ts';

interface PaperServer {
  readonly address: string;
  readonly isFixed: boolean;
  state: 'UP' | 'DOWN' | 'MAINT' | 'DRAIN';
  inFlight: number;
}

/** A HAProxy that answers what the tests with a real one have seen it answer. */
export class PaperHaproxy implements RuntimeApi {
  readonly backends = new Map<string, Map<string, PaperServer>>();
  readonly commands: string[] = [];
  /** Before each line; may throw. */
  before: (line: string) => void = () => undefined;

  constructor(backends: readonly string[] = ['web']) {
    for (const name of backends) this.backends.set(name, new Map());
  }

  async ask(line: string): Promise<string> {
    await Promise.resolve();
    this.before(line);
    if (!line.startsWith('show')) this.commands.push(line);
    return line
      .split(';')
      .map((command) => this.#answer(command.trim()))
      .filter((answer) => answer !== '')
      .join('\n');
  }

  server(name: string, backend = 'web'): PaperServer | undefined {
    return this.backends.get(backend)?.get(name);
  }

  /** A server of the configuration file. */
  addFixed(name: string, address: string): void {
    this.backends.get('web')?.set(name, { address, isFixed: true, state: 'UP', inFlight: 0 });
  }

  /** A new process, which has read its configuration and knows nothing else. */
  reload(): void {
    for (const servers of this.backends.values())
      for (const [name, { isFixed }] of servers) if (!isFixed) servers.delete(name);
  }

  /** Addresses that get requests, or will after a good check. */
  served(backend = 'web'): readonly string[] {
    return [...(this.backends.get(backend)?.values() ?? [])]
      .filter(({ state }) => state === 'UP' || state === 'DOWN')
      .map(({ address }) => address)
      .sort();
  }

  #answer(command: string): string {
    const show = /^show stat (\S+) 4 -1$/.exec(command);
    if (show !== null) return this.#stat(show[1] ?? '');
    const [, verb = '', backend = '', name = '', rest = ''] =
      /^(add server|del server|enable health|set server|shutdown sessions server) ([^/]+)\/(\S+)\s*(.*)$/.exec(
        command,
      ) ?? [];
    const servers = this.backends.get(backend);
    if (servers === undefined) return verb === 'add server' ? 'No such backend.' : 'No such server.';
    const server = servers.get(name);
    if (verb === 'add server') {
      if (server !== undefined) return 'Already exists a server with the same name in backend.';
      servers.set(name, { address: rest.split(' ')[0] ?? '', isFixed: false, state: 'MAINT', inFlight: 0 });
      return 'New server registered.';
    }
    if (server === undefined) return 'No such server.';
    if (verb === 'shutdown sessions server') server.inFlight = 0;
    if (verb === 'set server' && rest.startsWith('state')) {
      if (rest.endsWith('maint')) server.state = 'MAINT';
      else if (rest.endsWith('drain')) server.state = 'DRAIN';
      else server.state = 'DOWN';
    }
    if (verb === 'del server') {
      if (server.state !== 'MAINT') return 'Only servers in maintenance mode can be deleted.';
      if (server.inFlight > 0) return 'Server still has connections attached to it, cannot remove it.';
      servers.delete(name);
      return 'Server deleted.';
    }
    return '';
  }

  #stat(backend: string): string {
    const servers = this.backends.get(backend);
    if (servers === undefined) return 'No such proxy.';
    const lines = [...servers].map(
      ([name, { state, inFlight, address }]) =>
        `${backend},${name},0,${inFlight},${state},2,L7OK,${address},`,
    );
    return ['# pxname,svname,qcur,scur,status,type,check_status,addr,', ...lines].join('\n');
  }
}
