import type { z } from 'zod';
import type { DocumentPath } from '../../document/document-source.ts';
import { isMapping } from '../../document/findings.ts';
import type { cpuDocument } from './scaling-document-metrics.ts';
import type { ServiceDocument } from './scaling-document-services.ts';
import type { MetricReference } from './scaling-policy.ts';

/** How a metric is judged; the same for all kinds. */
export type JudgedDocument = Omit<z.output<typeof cpuDocument>, 'period'>;

/** A metric of a service, and where it was written. */
export interface WrittenMetric {
  readonly path: DocumentPath;
  readonly metric: MetricReference;
  readonly judged: JudgedDocument;
}

/** The metrics of a service in the order of the format. @param written The service as it was written, for the places. */
export const compileMetrics = (
  document: ServiceDocument,
  written: unknown,
  servicePath: DocumentPath,
): readonly WrittenMetric[] => {
  const each = <One extends JudgedDocument>(
    kind: MetricReference['kind'],
    documents: readonly One[] | undefined,
    metricOf: (one: One) => MetricReference,
  ): readonly WrittenMetric[] => {
    const isList = isMapping(written) && Array.isArray(written[kind]);
    return (documents ?? []).map((judged, index) => ({
      path: [...servicePath, kind, ...(isList ? [index] : [])],
      metric: metricOf(judged),
      judged,
    }));
  };
  const { cpu, memory } = document;
  return [
    ...each('cpu', cpu && [cpu], ({ period }) => ({ kind: 'cpu', per: 'task', periodSeconds: period })),
    ...each('memory', memory && [memory], ({ period }) => ({
      kind: 'memory',
      per: 'task',
      periodSeconds: period,
    })),
    ...each('requestsPerTarget', document.requestsPerTarget, ({ period, targetGroup }) => ({
      kind: 'requestsPerTarget',
      per: 'task',
      periodSeconds: period,
      targetGroup,
    })),
    ...each('queueDepth', document.queueDepth, ({ period, queue, inWorkPerTask = 1 }) => ({
      kind: 'queueDepth',
      per: 'total',
      periodSeconds: period,
      queue,
      inWorkPerTask,
    })),
    ...each('cloudWatch', document.cloudWatch, ({ period, namespace, name, dimensions, statistic, per }) => ({
      kind: 'cloudWatch',
      per,
      periodSeconds: period,
      namespace,
      name,
      dimensions,
      statistic,
    })),
    ...each('prometheus', document.prometheus, ({ period, query, per }) => ({
      kind: 'prometheus',
      per,
      periodSeconds: period,
      query,
    })),
  ];
};
