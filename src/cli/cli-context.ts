import type { AddressGuard } from '../plan/allowed-targets.ts';
import type { DrainApi, DrainHistory } from '../platform/ports/drain-api.ts';
import type { LogsApi } from '../platform/ports/logs-api.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { RunApi } from '../platform/ports/run-api.ts';
import type { ScalingApi } from '../platform/ports/scaling-api.ts';
import type { ScheduleApi } from '../platform/ports/schedule-api.ts';
import type { UploadTickets } from '../platform/ports/upload-tickets.ts';
import type { StackReference } from './stack-reference.ts';

/** Where text goes; `isTTY` and `columns` as on `process.stdout`. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The platform that commands talk to, opened only by commands that need it. */
export interface CliApp {
  readonly api: RunApi;
  /** Of a stack: what it has beside runs. */
  readonly stack?: CliStack;
  /** Of this machine: what a server of its API stands on beside runs. */
  readonly local?: CliLocal;
  close(): Promise<void>;
}

export interface CliLocal {
  readonly store: ObjectStore;
  /** Those that were simulated here. */
  readonly drains: DrainHistory;
  /** Policies that are kept here, to be looked at and tried: no cluster is scaled from here. */
  readonly scaling: ScalingApi;
  /** Nothing of a database is loaded before it is asked. */
  readonly logs: LogsApi;
  readonly guard: AddressGuard;
  /** Upload tickets that lead to a server with this URL. */
  ticketsAt(serverUrl: string): UploadTickets;
}

export interface CliStack extends StackReference {
  readonly schedules: ScheduleApi;
  readonly drains: DrainApi;
  readonly scaling: ScalingApi;
  readonly logs: LogsApi;
  /** Where its objects are. */
  readonly bucketName: string;
}

/** Everything a command knows of the world, so that a test can be the world. */
export interface CliContext {
  /** What is piped in. */
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder that holds the runs. */
  readonly home: string;
  /** How the user calls this program, for commands that are shown to be typed: `npx stormdrain`. */
  readonly invocation: string;
  /** Milliseconds; only differences are used. */
  now(): number;
  /** Resolves early, without an error, when the signal is aborted. */
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
  /** Called for every SIGINT, SIGTERM and SIGHUP until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** The platform of a stack, or this machine's. The same app at every call: a command talks to one. */
  openApp(stack?: StackReference): Promise<CliApp>;
  /** Closes the app if it was opened; gives up waiting after `limitMillis`. */
  closeApp(limitMillis: number): Promise<void>;
}

/** Whether a stream may be redrawn and coloured. */
export const isTerminal = (stream: TextStream, env: CliContext['env']): boolean =>
  stream.isTTY === true && env.TERM !== 'dumb';

/** Colour only in a terminal, and not against https://no-color.org. */
export const wantsColour = (stream: TextStream, env: CliContext['env']): boolean =>
  isTerminal(stream, env) && (env.NO_COLOR ?? '') === '';

/** Width to lay text out for: the terminal's within reason, 80 elsewhere. */
export const columnsOf = (stream: TextStream): number => Math.max(60, Math.min(stream.columns ?? 80, 120));
