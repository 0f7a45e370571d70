import type { MetricSeries, MetricWindow } from '../ports/metric-source.ts';

/**
 * What `query_range` answers: one series, ascending. Samples that are no number (`NaN`, `+Inf`) are left out; several series
 * are a failure of the query, which must be aggregated to one.
 */
export const parseMatrix = (data: unknown, { fromMillis, toMillis }: MetricWindow): MetricSeries => {
  if (fieldOf(data, 'resultType') !== 'matrix') return malformed;
  const result = fieldOf(data, 'result');
  if (!Array.isArray(result)) return malformed;
  const [series, ...others] = result;
  if (series === undefined) return { points: [] };
  if (others.length > 0)
    return {
      points: [],
      failure: `the query gives ${result.length} series where it must give one: aggregate them, for instance with sum(…) or avg(…)`,
    };
  const values = fieldOf(series, 'values');
  if (!Array.isArray(values)) return malformed;
  const points = values.flatMap((sample: unknown) => {
    const [seconds, text] = Array.isArray(sample) ? sample : [];
    if (typeof seconds !== 'number' || typeof text !== 'string' || text === '') return [];
    const atMillis = Math.round(seconds * 1000);
    const value = Number(text);
    return Number.isFinite(value) && atMillis > fromMillis && atMillis <= toMillis
      ? [{ atMillis, value }]
      : [];
  });
  return { points: points.sort((a, b) => a.atMillis - b.atMillis) };
};

const malformed: MetricSeries = { points: [], failure: 'Prometheus gives something else than a matrix' };

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
