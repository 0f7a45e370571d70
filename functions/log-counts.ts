import type middy from '@middy/core';

/** Of these there are metrics; the other counts are searchable properties of the line, as each metric is paid for. */
const metricOf: Readonly<Record<string, string>> = {
  ignored: 'Ignored',
  unknownInstance: 'UnknownInstance',
  unreadable: 'Unreadable',
};

/**
 * A line of CloudWatch's embedded metric format for what an intake counted: `Ignored`, `UnknownInstance` and
 * `Unreadable` by the dimension `Intake`. Nothing where nothing was counted.
 */
export const describeCounts = (
  intake: string,
  counts: Readonly<Record<string, number>>,
  nowMillis: number,
): object | undefined => {
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  if (counted.length === 0) return undefined;
  const named = counted.map(([name, count]) => [metricOf[name] ?? name, count] as const);
  const metrics = named.filter(([name]) => Object.values(metricOf).includes(name));
  const described = metrics.map(([Name]) => ({ Name, Unit: 'Count' }));
  return {
    ...(described.length === 0
      ? {}
      : {
          _aws: {
            Timestamp: nowMillis,
            CloudWatchMetrics: [{ Namespace: 'stormdrain', Dimensions: [['Intake']], Metrics: described }],
          },
        }),
    Intake: intake,
    ...Object.fromEntries(named),
  };
};

/** Logs the `counts` of what a handler answers. */
export const logCounts = (intake: string): middy.MiddlewareObj<unknown, unknown> => ({
  after({ response }) {
    if (typeof response !== 'object' || response === null || !('counts' in response)) return;
    const line = describeCounts(intake, response.counts as Readonly<Record<string, number>>, Date.now());
    // Not console.log: with Lambda's JSON log format that wraps the line, and CloudWatch finds no metric in it.
    if (line !== undefined) process.stdout.write(`${JSON.stringify(line)}\n`);
  },
});
