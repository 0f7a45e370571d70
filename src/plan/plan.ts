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
  /** Seeds Poisson arrivals, `random` rows, think times and generators; same plan and seed, same load. */
  readonly seed: number;
  readonly workers: {
    readonly count: number;
    readonly maxInFlight: number;
    readonly readyTimeoutSeconds: number;
  };
  /** After the last stage, arrivals that are under way may take this long to end before they are cut off. */
  readonly finishSeconds: number;
  readonly variables: Readonly<Record<string, VariableValue>>;
  readonly scenarios: readonly Scenario[];
  readonly thresholds: readonly Threshold[];
  readonly validity: ValidityLimits;
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

export type Step = RequestStep | ThinkStep | RepeatStep;

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

export interface RequestStep {
  readonly kind: 'request';
  /** What its numbers are listed under. Default: method and path as written. Steps may share a name. */
  readonly name: string;
  readonly method: string;
  /** A template: a path that starts with `/` (appended to the target), or an absolute URL with a literal origin. */
  readonly url: string;
  /** Names as written, values are templates. Plan-wide headers are already merged in; no two names alike. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `text` as is; `json` and `form` are templates whose values are escaped for that format. The content-type is among the headers. */
  readonly body?: { readonly format: 'text' | 'json' | 'form'; readonly template: string };
  readonly timeoutSeconds: number;
  /** All must hold. When no status is expected, any below 400 is accepted. */
  readonly expect: readonly Expectation[];
  readonly capture: readonly Capture[];
}

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
