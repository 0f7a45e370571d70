import type { ClusterCheck } from '../../drain/operator/decide-drain-risks.ts';
import { formatMany, printable } from './format-figures.ts';
import { wrapWords } from './layout-text.ts';
import { type Layout, type Palette, palette } from './palette.ts';

type Risk = ClusterCheck['risks'][number];

const paintOf: Readonly<Record<Risk['severity'], keyof Palette>> = {
  error: 'bad',
  warning: 'doubtful',
  note: 'faint',
};

const severityWidth = 'warning'.length;

const riskLines = (risk: Risk, columns: number, paint: Palette): readonly string[] => {
  const { severity, what, where, why, fix } = risk;
  const indent = ' '.repeat(severityWidth + 2);
  const wrapped = (text: string): readonly string[] => wrapWords(printable(text), columns - indent.length);
  const mark = paint[paintOf[severity]](severity.padEnd(severityWidth));
  return [
    ...wrapped(`${what}, ${where}`).map(
      (line, index) => `${index === 0 ? `${mark}  ` : indent}${paint.strong(line)}`,
    ),
    ...wrapped(why).map((line) => `${indent}${line}`),
    ...wrapped(`Fix: ${fix}`).map((line) => `${indent}${line}`),
  ];
};

const verdict = ({ risks }: ClusterCheck, paint: Palette): string => {
  const count = (severity: Risk['severity']): number =>
    risks.filter((risk) => risk.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  if (errors > 0) return paint.bad(`${formatMany(errors, 'thing')} would spoil a drain.`);
  if (warnings > 0) return paint.doubtful(`${formatMany(warnings, 'thing')} may spoil a drain.`);
  return paint.good('Nothing was found that would spoil a drain.');
};

/** What would spoil a drain in a cluster, worst first, each with its fix. No newline at the end. */
export const renderDrainCheck = (check: ClusterCheck, { columns, colour }: Layout): string => {
  const paint = palette(colour);
  const { instances, tasks, services, groups } = check.seen;
  const seen = [
    formatMany(instances, 'instance'),
    formatMany(tasks, 'task'),
    formatMany(services, 'service'),
    formatMany(groups, 'balancer group'),
  ];
  return [
    ...wrapWords(`Cluster ${printable(check.cluster)}: ${seen.join(', ')}.`, columns),
    verdict(check, paint),
    ...check.risks.flatMap((risk) => ['', ...riskLines(risk, columns, paint)]),
  ].join('\n');
};
