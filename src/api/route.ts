import type * as z from 'zod/mini';
import type { Answer, ApiRequest } from './api-message.ts';
import type { ProblemCode } from './documents/problem.ts';

type Shape = z.ZodMiniType<Readonly<Record<string, unknown>>>;

/** What a route takes; each part is checked before the handler is called. */
export interface RouteInput<
  Path extends Shape,
  Query extends Shape,
  Headers extends Shape,
  Body extends z.ZodMiniType,
> {
  readonly path?: Path;
  readonly query?: Query;
  /** Names in lower case; others are of no matter. */
  readonly headers?: Headers;
  readonly body?: Body;
  /** The body may be left out, and is then an empty object. */
  readonly isBodyOptional?: boolean;
}

export interface RouteFacts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/runs/{id}`: names of values in braces. */
  readonly path: string;
  readonly operationId: string;
  /** One sentence. */
  readonly summary: string;
  /** Which Lambda serves it: only `submit` has the plan compiler and may start runs, only `drain` may touch clusters, `scaling` has the policy compiler, `logs` may read the catalog and ask. */
  readonly function: 'read' | 'submit' | 'drain' | 'scaling' | 'logs';
  /** Documents of the answers by status, apart from problems; null for an empty one. */
  readonly answers: Readonly<Record<number, z.ZodMiniType | null>>;
  /** Codes beside those that any route may answer with. */
  readonly problems: readonly ProblemCode[];
}

export interface Route<Ports> extends RouteFacts {
  readonly input: RouteInput<Shape, Shape, Shape, z.ZodMiniType>;
  /** Reads the request by `input` and carries it out. */
  readonly handle: (ports: Ports, input: CheckedInput) => Promise<Answer>;
}

/** The request after its parts were checked; typed for the handler by `route`. */
export interface CheckedInput {
  readonly path: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
  readonly request: ApiRequest;
}

type Handle<
  Ports,
  Path extends Shape,
  Query extends Shape,
  Headers extends Shape,
  Body extends z.ZodMiniType,
> = (
  ports: Ports,
  input: {
    readonly path: z.output<Path>;
    readonly query: z.output<Query>;
    readonly headers: z.output<Headers>;
    readonly body: z.output<Body>;
    readonly request: ApiRequest;
  },
) => Promise<Answer>;

/** A row of the table, its handler typed by its schemas. */
export const route = <
  Ports,
  Path extends Shape,
  Query extends Shape,
  Headers extends Shape,
  Body extends z.ZodMiniType,
>(
  facts: RouteFacts,
  input: RouteInput<Path, Query, Headers, Body>,
  handle: Handle<Ports, Path, Query, Headers, Body>,
): Route<Ports> => ({
  ...facts,
  input,
  // The schemas of `input` have made these types true before the handler is called.
  handle: handle as (ports: Ports, input: CheckedInput) => Promise<Answer>,
});
