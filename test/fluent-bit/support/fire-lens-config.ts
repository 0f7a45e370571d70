import type { FireLensOptions } from '../../../src/logs/delivery/fire-lens-options.ts';

/** What the agent knows of a task. */
export interface FireLensTask {
  readonly port: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Of each container whose log driver is `awsfirelens`. */
  readonly options: Readonly<Record<string, FireLensOptions>>;
  /** `config-file-value` of the router. */
  readonly include?: string;
}

/**
 * The configuration that ECS's agent writes for a log router in a task of its own network (agent/taskresource/firelens and the
 * template of awslabs/go-config-generator-for-fluentd-and-fluentbit), on a port instead of its socket.
 */
export const fireLensConfig = ({ port, metadata, options, include }: FireLensTask): string =>
  [
    section('INPUT', { Name: 'forward', Mem_Buf_Limit: '64MB', Listen: '127.0.0.1', Port: String(port) }),
    section('FILTER', {
      Name: 'record_modifier',
      Match: '*',
      ...Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`Record ${key}`, value])),
    }),
    ...(include === undefined ? [] : [`@INCLUDE ${include}\n`]),
    ...Object.entries(options).map(([container, { Name = '', ...rest }]) =>
      section('OUTPUT', { Name, Match: `${container}-firelens*`, ...rest }),
    ),
  ].join('\n');

const section = (kind: string, entries: Readonly<Record<string, string>>): string =>
  [`[${kind}]`, ...Object.entries(entries).map(([key, value]) => `    ${key} ${value}`), ''].join('\n');
