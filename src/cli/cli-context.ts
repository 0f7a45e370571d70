import type { RunApi } from '../platform/ports/run-api.ts';

/** Where text goes; `isTTY` and `columns` as on `process.stdout`. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** The platform that commands talk to, opened only by commands that need it. */
export interface CliApp {
  readonly api: RunApi;
  close(): Promise<void>;
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
  /** The same app at every call. */
  openApp(): Promise<CliApp>;
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
