/**
 * The compiled plan: what `parsePlan` makes of a plan document, and what `runs/<runId>/plan.json` holds. Plain JSON;
 * durations in seconds, rates in arrivals per second, every default filled in.
 */
export interface Plan {
  readonly version: 1;
  readonly name: string;
  /** Origin and optional base path, no trailing slash: `http://127.0.0.1:8080` or `https://shop.test/v2`. */
  readonly target: string;
  readonly load: Load;
  /** Arrivals due before this instant warm the target up: they are counted, but no latency or threshold looks at them. */
  readonly warmupSeconds: number;
  /** Seeds Poisson arrivals, `random` rows, think times and generators; same plan and seed, same load. */
  readonly seed: number;
  readonly workers: {
    readonly count: number;
    /** Engines of one worker, each in a thread of its own; `auto` is one for each CPU the worker has. */
    readonly threads: number | 'auto';
    readonly maxInFlight: number;
    readonly readyTimeoutSeconds: number;
    /** How much of it may be carried by spot capacity; the platform's own choice when left out. */
    readonly spot?: { readonly share: number; readonly fallback: 'wait' | 'on-demand' | 'fail' };
  };
  /** The run is refused when it is likely to cost more, and stopped when it has. US dollars. */
  readonly maxCostUsd?: number;
  /** After the last stage, arrivals that are under way may take this long to end before they are cut off. */
  readonly finishSeconds: number;
  /** Spin for the last stretch before an arrival (open model): smaller send lag, for CPU. */
  readonly precise: boolean;
  /** The version of HTTP. 2 is asked for by ALPN over TLS, and spoken with prior knowledge without. */
  readonly http: 1 | 2;
  readonly connections: ConnectionSettings;
  readonly tls: TlsSettings;
  /** Each virtual user keeps the cookies it is given (open model: each arrival). */
  readonly cookies: boolean;
  readonly hooks?: HookFile;
  readonly variables: Readonly<Record<string, VariableValue>>;
  readonly scenarios: readonly Scenario[];
  readonly thresholds: readonly Threshold[];
  /** The first that holds ends the run early, as failed. */
  readonly abortOn: readonly AbortCondition[];
  readonly validity: ValidityLimits;
}

/** A file that a plan refers to: as written in the plan, its key in the object store (`uploads/<sha256 hex>`), its size. */
export interface FileReference {
  readonly file: string;
  readonly upload: string;
  readonly bytes: number;
}

export interface ConnectionSettings {
  /** False: each request opens a connection of its own. */
  readonly keepAlive: boolean;
  /** Most connections of one worker to one origin; requests beyond wait for one. Unlimited when left out; with HTTP/2, 1. */
  readonly max?: number;
}

export interface TlsSettings {
  /** Trusted instead of the well-known authorities. PEM. */
  readonly ca?: FileReference;
  /** What the client shows of itself. PEM; both or none. */
  readonly cert?: FileReference;
  readonly key?: FileReference;
  /** False: any certificate is accepted. */
  readonly verify: boolean;
}

/** The compiled hooks of a plan: one ES module, and the names of the functions it exports. */
export interface HookFile extends FileReference {
  readonly exports: readonly string[];
}

/** Judged on the last `windowSeconds` of measured load, as soon as that much has passed. Steps only for `failures`. */
export interface AbortCondition {
  readonly text: string;
  /** Here the comparison says when to end: `failures > 20%`. */
  readonly when: Threshold;
  readonly windowSeconds: number;
}

export type VariableValue = string | number | boolean;

/** One stage: from one value to another in a straight line. Open: arrivals per second. Closed: virtual users. */
export interface Stage {
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

export type Load =
  | { readonly model: 'open'; readonly arrivals: 'even' | 'poisson'; readonly stages: readonly Stage[] }
  | { readonly model: 'closed'; readonly stages: readonly Stage[] };

export interface Scenario {
  readonly name: string;
  /** A positive integer: this scenario's share of the arrivals is weight / sum of weights. */
  readonly weight: number;
  readonly data?: DataSource;
  readonly steps: readonly Step[];
}

export interface DataSource {
  /** As written in the plan, relative to it. Used in messages. */
  readonly file: string;
  readonly use: 'once' | 'cycle' | 'random';
  /** Key of the rows in the object store: `uploads/<sha256 hex>`. */
  readonly upload: string;
  readonly rowCount: number;
  readonly columns: readonly string[];
}

export type Step = RequestStep | ThinkStep | RepeatStep | WhileStep;

export interface ThinkStep {
  readonly kind: 'think';
  /** Uniform between the two; equal for a fixed time. */
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

export interface RepeatStep {
  readonly kind: 'repeat';
  readonly times: number;
  readonly steps: readonly Step[];
}

/** Plays its steps while the condition holds, at most `maxTimes`. `left` and `right` are templates, compared as texts. */
export interface WhileStep {
  readonly kind: 'while';
  /** As written, for messages. */
  readonly text: string;
  readonly left: string;
  readonly comparison: '==' | '!=';
  readonly right: string;
  readonly maxTimes: number;
  readonly steps: readonly Step[];
}

export interface RequestStep {
  readonly kind: 'request';
  /** What its numbers are listed under. Default: method and path as written. Steps may share a name. */
  readonly name: string;
  readonly method: string;
  /** A template: a path that starts with `/` (appended to the target), or an absolute URL with a literal origin. */
  readonly url: string;
  /** Names as written, values are templates. Plan-wide headers are already merged in; no two names alike. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The content-type is among the headers, but for `multipart`, whose boundary the engine chooses. */
  readonly body?: RequestBody;
  /** Templates, sent as basic authentication. No step has both this and an `authorization` header. */
  readonly auth?: { readonly user: string; readonly password: string };
  /** How many redirects are followed in a row; 0 takes a redirect for the answer. */
  readonly redirects: number;
  /** Names of functions that the plan's hooks export, called around the request. */
  readonly before?: string;
  readonly after?: string;
  readonly timeoutSeconds: number;
  /** All must hold. When no status is expected, any below 400 is accepted. */
  readonly expect: readonly Expectation[];
  readonly capture: readonly Capture[];
}

/** `text` as is; `json` and `form` are templates whose values are escaped for that format. */
export type RequestBody =
  | { readonly format: 'text' | 'json' | 'form'; readonly template: string }
  | { readonly format: 'file'; readonly file: FileReference }
  | { readonly format: 'multipart'; readonly parts: readonly MultipartPart[] };

export type MultipartPart = { readonly name: string } & (
  | { readonly kind: 'text'; readonly template: string }
  | {
      readonly kind: 'file';
      readonly file: FileReference;
      readonly fileName: string;
      readonly contentType: string;
    }
);

export type Expectation =
  | { readonly on: 'status'; readonly oneOf: readonly number[] }
  | { readonly on: 'header'; readonly name: string; readonly match: TextMatch }
  | { readonly on: 'json'; readonly path: string; readonly equals: unknown }
  | { readonly on: 'body'; readonly match: TextMatch };

/** `text` is a template; `regex` is source text without slashes. */
export type TextMatch =
  | { readonly how: 'equals' | 'contains'; readonly text: string }
  | { readonly how: 'matches'; readonly regex: string };

/** The value found is put in the variable; a capture that finds nothing fails the step. */
export type Capture = { readonly variable: string } & (
  | { readonly from: 'json'; readonly path: string }
  | { readonly from: 'regex'; readonly regex: string }
  | { readonly from: 'header'; readonly name: string }
);

export type LatencyMetric = 'response' | 'service';

/** `p99(response) < 250ms`, `p95(service, GET /x) < 100ms`, `max(response) < 1s`, `failures < 1%`, `rate > 90`. */
export type Threshold = { readonly text: string; readonly comparison: '<' | '<=' | '>' | '>=' } & (
  | {
      readonly figure: 'percentile';
      /** 0 < percentile <= 100; `max` is 100. */
      readonly percentile: number;
      readonly metric: LatencyMetric;
      readonly step?: string;
      readonly limitMillis: number;
    }
  | {
      readonly figure: 'mean';
      readonly metric: LatencyMetric;
      readonly step?: string;
      readonly limitMillis: number;
    }
  /** A fraction, 0 to 1: (failed + dropped) / scheduled; for a step: failed / (completed + failed). */
  | { readonly figure: 'failures'; readonly step?: string; readonly limitFraction: number }
  /** Achieved successful requests per second. */
  | { readonly figure: 'rate'; readonly limitPerSecond: number }
);

/** Limits beyond which the generator's own numbers are not to be trusted, and the run is `invalid`. */
export interface ValidityLimits {
  readonly sendLagP99Millis: number;
  readonly missedFraction: number;
  readonly missingSegments: number;
  readonly clockBoundMillis: number;
  /** Generator CPU (fraction of one core) and event-loop lag above which drops are blamed on the generator. */
  readonly cpuFraction: number;
  readonly eventLoopLagMillis: number;
}
