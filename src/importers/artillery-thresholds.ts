import { type ArtilleryScript, isMapping, type Mapping } from './artillery-script.ts';
import { listOf } from './artillery-values.ts';

/** `p95`, `p999`, `median` and `max` as a figure of a threshold. */
const figureOf = (name: string): string | undefined => {
  if (name === 'median') return 'p50';
  if (name === 'mean' || name === 'max') return name;
  const digits = /^p(\d{2,4})$/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  return digits.length === 2 ? `p${digits}` : `p${digits.slice(0, 2)}.${digits.slice(2)}`;
};

/** A figure of HTTP times, in the words of ensure; response times there are without the wait for a connection. */
const latency = (metric: string, comparison: string, limit: unknown): string | undefined => {
  const figure = figureOf(metric.replace(/^http\.response_time\./, ''));
  const millis = Number(limit);
  return figure === undefined || !Number.isFinite(millis) || millis < 0
    ? undefined
    : `${figure}(service) ${comparison} ${millis}ms`;
};

const condition = /^\s*(http\.response_time\.\w+)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/;

const ofCondition = (written: unknown): string | undefined => {
  const expression = isMapping(written) ? written.expression : written;
  const [, metric = '', comparison = '', limit] = condition.exec(String(expression)) ?? [];
  return latency(metric, comparison, limit);
};

const ofThresholds = (written: unknown): string | undefined => {
  const [metric = '', limit] = Object.entries(isMapping(written) ? written : {})[0] ?? [];
  return latency(metric, '<', limit);
};

/** The thresholds that `ensure` asks for. */
export const carryThresholds = (script: ArtilleryScript): readonly string[] => {
  const { ensure, plugins } = script.config;
  const ofPlugin = isMapping(plugins) ? plugins.ensure : undefined;
  const [written, path]: readonly [Mapping, readonly string[]] = isMapping(ensure)
    ? [ensure, ['config', 'ensure']]
    : [isMapping(ofPlugin) ? ofPlugin : {}, ['config', 'plugins', 'ensure']];
  return Object.entries(written).flatMap(([key, value]): readonly string[] => {
    const at = [...path, key];
    if (key === 'thresholds' || key === 'conditions')
      return listOf(value).flatMap((item) => {
        const threshold = key === 'thresholds' ? ofThresholds(item) : ofCondition(item);
        if (threshold === undefined) script.leave(`ensure: ${JSON.stringify(item)}`, at);
        return threshold === undefined ? [] : [threshold];
      });
    const percent = Number(value);
    const threshold =
      key === 'maxErrorRate' && percent >= 0 && percent <= 100
        ? `failures <= ${percent}%`
        : latency(key, '<', value);
    if (threshold === undefined) script.leave(`ensure: ${key}: ${JSON.stringify(value)}`, at);
    return threshold === undefined ? [] : [threshold];
  });
};
