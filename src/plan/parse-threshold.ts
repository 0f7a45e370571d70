import { parseFraction } from '../document/parse-quantity.ts';
import type { LatencyMetric, Threshold } from './plan.ts';

export type ParsedThreshold =
  | { readonly kind: 'threshold'; readonly threshold: Threshold }
  | { readonly kind: 'problem'; readonly expected: string };

const outline =
  /^(?<figure>[A-Za-z]+[\d.]*)\s*(?:\((?<inside>.*)\))?\s*(?<comparison><=|>=|<|>)\s*(?<limit>\d+(?:\.\d+)?)\s*(?<unit>%|\/s|[a-zµ]+)?$/s;

const forms = 'such as p99(response) < 250ms, p95(service, STEP) < 100ms, failures < 1% or rate > 90';

const millisPerUnit: Readonly<Record<string, (limit: number) => number>> = {
  us: (limit) => limit / 1000,
  µs: (limit) => limit / 1000,
  ms: (limit) => limit,
  s: (limit) => limit * 1000,
};

const problem = (expected: string): ParsedThreshold => ({ kind: 'problem', expected });

const parseLatencyTerm = (
  inside: string | undefined,
): { readonly metric: LatencyMetric; readonly step?: string } | undefined => {
  const term = /^\s*(response|service)\s*(?:,\s*(.*\S)\s*)?$/s.exec(inside ?? '');
  if (term === null) return undefined;
  const metric = term[1] === 'service' ? 'service' : 'response';
  return term[2] === undefined ? { metric } : { metric, step: term[2] };
};

const parsePercentile = (figure: string): number | undefined => {
  if (figure === 'max') return 100;
  const digits = /^p(\d+(?:\.\d+)?)$/.exec(figure)?.[1];
  const percentile = Number(digits);
  return digits !== undefined && percentile > 0 && percentile <= 100 ? percentile : undefined;
};

/**
 * Reads one threshold: `pN(metric)`, `max(metric)` or `mean(metric)` against a time in us, ms or s, each with an
 * optional `, step name`; `failures` or `failures(step name)` against a percentage or a fraction; `rate` against
 * requests per second. Whether the step exists is not known here.
 */
export const parseThreshold = (written: string): ParsedThreshold => {
  const text = written.trim();
  const groups = outline.exec(text)?.groups;
  if (groups === undefined) return problem(`a threshold ${forms}`);
  const { figure = '', inside, unit } = groups;
  const comparison = groups.comparison as Threshold['comparison'];
  const limit = Number(groups.limit);

  if (figure === 'rate') {
    if (inside !== undefined) return problem('rate without parentheses: it counts all steps together');
    if (unit !== undefined && unit !== '/s')
      return problem('a limit in requests per second, such as rate > 90');
    return { kind: 'threshold', threshold: { text, comparison, figure, limitPerSecond: limit } };
  }
  if (figure === 'failures') {
    const limitFraction =
      unit === undefined || unit === '%' ? parseFraction(`${limit}${unit ?? ''}`) : undefined;
    if (limitFraction === undefined) return problem('a limit from 0% to 100%, such as failures < 1%');
    const step = inside?.trim();
    if (step === '') return problem('a step name between the parentheses, or no parentheses');
    const where = step === undefined ? {} : { step };
    return { kind: 'threshold', threshold: { text, comparison, figure, ...where, limitFraction } };
  }
  const percentile = parsePercentile(figure);
  if (percentile === undefined && figure !== 'mean') {
    return problem('p and a number above 0 up to 100, max, mean, failures or rate');
  }
  const term = parseLatencyTerm(inside);
  if (term === undefined)
    return problem(`response or service after ${figure}, such as ${figure}(response) < 250ms`);
  const toMillis = millisPerUnit[unit ?? ''];
  if (toMillis === undefined)
    return problem(`a time limit in us, ms or s, such as ${figure}(${term.metric}) < 250ms`);
  const limitMillis = toMillis(limit);
  return percentile === undefined
    ? { kind: 'threshold', threshold: { text, comparison, figure: 'mean', ...term, limitMillis } }
    : {
        kind: 'threshold',
        threshold: { text, comparison, figure: 'percentile', percentile, ...term, limitMillis },
      };
};
