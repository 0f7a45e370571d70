import { counted, formatDollars, formatNumber } from '../document/format-quantity.ts';
import type { PlanDescription } from './describe-plan.ts';

type Settings = Pick<
  PlanDescription,
  'target' | 'precise' | 'http' | 'connections' | 'tls' | 'hooks' | 'spot' | 'maxCostUsd'
>;

const fallbackTexts = {
  wait: 'waited for when there is none',
  'on-demand': 'on demand when there is none',
  fail: 'or the run ends when there is none',
} as const;

const spotText = ({ share, fallback }: NonNullable<Settings['spot']>): string =>
  `${formatNumber(share * 100)}% of the workers on spot capacity, ${fallbackTexts[fallback]}`;

const hooksText = ({ file, exports }: NonNullable<PlanDescription['hooks']>): string =>
  `hooks of ${file}: ${exports.join(', ')}`;

/** An http target may redirect to https, so that settings for TLS are no mistake, but most often they are one. */
const tlsLines = ({ target, tls }: Settings): readonly string[] => {
  const parts = [
    ...(tls.ca === undefined ? [] : [`trusts ${tls.ca.file}`]),
    ...(tls.cert === undefined ? [] : [`shows ${tls.cert.file}`]),
    ...(tls.verify ? [] : ['certificates are not verified']),
  ];
  if (parts.length === 0) return [];
  return [`TLS: ${parts.join(', ')}${target.startsWith('http:') ? '; of no use to an http target' : ''}`];
};

/** One line for each setting that isn't as it is by default. */
export const formatPlanSettings = (settings: Settings): readonly string[] => {
  const { http, connections, hooks, spot, maxCostUsd } = settings;
  const { keepAlive, max } = connections;
  return [
    ...(http === 2 ? ['HTTP/2'] : []),
    ...(keepAlive ? [] : ['a connection of its own for each request']),
    ...(max === undefined ? [] : [`at most ${counted(max, 'connection')} of a worker to an origin`]),
    ...tlsLines(settings),
    ...(settings.precise ? ['arrivals are timed by spinning'] : []),
    ...(hooks === undefined ? [] : [hooksText(hooks)]),
    ...(spot === undefined ? [] : [spotText(spot)]),
    ...(maxCostUsd === undefined ? [] : [`costs ${formatDollars(maxCostUsd)} at most`]),
  ];
};

/** ` of 4 threads`; nothing for one thread. */
export const formatThreads = (threads: PlanDescription['threads']): string => {
  if (threads === 'auto') return ' with a thread for each CPU';
  return threads === 1 ? '' : ` of ${threads} threads`;
};
