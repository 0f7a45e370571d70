import { bucketRows } from '../../scaling/simulate/bucket-rows.ts';
import type { SimulationRow } from '../../scaling/simulate/simulation.ts';
import type { SimulationReport } from '../simulation-report.ts';
import { formatClock } from './load-chart.ts';
import { comparisonSentence, simulationFigures } from './render-simulation.ts';
import { type Curve, escapeHtml, svgPanel } from './svg-panel.ts';

type Run = SimulationReport['runs'][number];

/** As many points as a chart is wide, nearly. */
const points = 800;
const mostDecisions = 300;

const style = `
:root{color-scheme:light dark;--ink:#1d2430;--faint:#667085;--paper:#fff;--rule:#e3e7ee;--load:#7aa7e8;--capacity:#187a4b;--dropped:#d22f3d;--desired:#8a5cd1;--running:#187a4b;--nodes:#b26a00;--queued:#b26a00}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--faint:#98a2b3;--paper:#14181f;--rule:#2b323d;--load:#3d6cb3;--capacity:#4fc48a;--dropped:#ff6b78;--desired:#b999f0;--running:#4fc48a;--nodes:#f0b04f;--queued:#f0b04f}}
body{margin:2rem auto;max-width:62rem;padding:0 1rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.4rem 0}.faint{color:var(--faint)}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:1rem 0}td,th{padding:.2rem 1rem .2rem 0;text-align:right;border-bottom:1px solid var(--rule)}td:first-child,th:first-child{text-align:left;color:var(--faint);font-weight:normal}
.decisions{width:100%}.decisions td{text-align:left;vertical-align:top}.decisions td:not(:last-child){white-space:nowrap}.wide{overflow-x:auto}
figure{margin:1rem 0}figcaption span{margin-left:1rem;color:var(--faint)}figcaption i{display:inline-block;width:.8em;height:.8em;margin-right:.3em;border-radius:2px;background:currentcolor}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--faint)}.grid{stroke:var(--rule)}
.line{fill:none;stroke:currentcolor;stroke-width:1.6}.area{fill:currentcolor;stroke:none}
.load{color:var(--load)}.capacity{color:var(--capacity)}.dropped{color:var(--dropped)}.desired{color:var(--desired)}.running{color:var(--running)}.nodes{color:var(--nodes)}.ready{color:var(--capacity)}.queued{color:var(--queued)}.desired.line{stroke-dasharray:5 3}
`;

const panelsOf = (rows: readonly SimulationRow[], seconds: number): readonly string[] => {
  const shown = bucketRows(rows, points);
  const of = (figure: keyof SimulationRow): readonly number[] => shown.map((row) => row[figure]);
  const line = (name: string, look: string, figure: keyof SimulationRow): Curve => ({
    name,
    look,
    form: 'line',
    values: of(figure),
  });
  const served = shown.map(({ load, dropped }) => load - dropped);
  const panels: (readonly [string, readonly Curve[]])[] = [
    [
      'Requests a second',
      [
        { name: 'load', look: 'load', form: 'area', values: of('load') },
        { name: 'dropped', look: 'dropped', form: 'area', values: of('load'), base: served },
        line('what running tasks can serve', 'capacity', 'capacity'),
      ],
    ],
    ['Tasks', [line('running', 'running', 'running'), line('desired', 'desired', 'desired')]],
  ];
  if (rows.some(({ instances }) => instances > 0))
    panels.push([
      'Nodes',
      [line('paid for', 'nodes', 'instances'), line('ready', 'ready', 'readyInstances')],
    ]);
  if (rows.some(({ queued }) => queued > 0))
    panels.push([
      'Requests that wait',
      [{ name: 'waiting', look: 'queued', form: 'area', values: of('queued') }],
    ]);
  return panels.map(([title, curves]) => svgPanel(title, curves, seconds));
};

const decisionsOf = ({ decisions }: Run): string => {
  if (decisions.length === 0) return '<p class="faint">Nothing was changed.</p>';
  const rows = decisions
    .slice(0, mostDecisions)
    .map(
      ({ second, decision }) =>
        `<tr><td>${formatClock(second)}</td><td>${escapeHtml(decision.subject)}</td><td>${escapeHtml(decision.sentence)}</td></tr>`,
    );
  const left = decisions.length - rows.length;
  const more = left > 0 ? `<p class="faint">${left} more are left out.</p>` : '';
  return `<details${decisions.length <= 20 ? ' open' : ''}><summary>${decisions.length} decisions that changed something</summary><div class="wide"><table class="decisions">${rows.join('')}</table></div>${more}</details>`;
};

const tableOf = (runs: readonly Run[]): string => {
  const summaries = runs.map(({ summary }) => summary);
  const head = `<tr><th></th>${summaries.map(({ scaler }) => `<th>${escapeHtml(scaler)}</th>`).join('')}</tr>`;
  const rows = simulationFigures
    .filter(({ isShown }) => summaries.some(isShown))
    .map(
      ({ name, of }) =>
        `<tr><td>${name}</td>${summaries.map((summary) => `<td>${escapeHtml(of(summary))}</td>`).join('')}</tr>`,
    );
  return `<div class="wide"><table>${runs.length > 1 ? head : ''}${rows.join('')}</table></div>`;
};

/** A simulation as one file: it loads nothing, runs nothing, and follows the reader's light or dark setting. */
export const simulationPage = (report: SimulationReport): string => {
  const { world, runs, sweep, assumptions } = report;
  const title = `${world.load}: ${world.services.join(', ')}`;
  const advice = sweep?.sentence ?? comparisonSentence(report);
  const sections = runs.map(
    (run) =>
      `<section><h2>${escapeHtml(run.summary.scaler)}</h2>${panelsOf(run.rows, world.seconds).join('')}${decisionsOf(run)}</section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p class="faint">Simulated for ${formatClock(world.seconds)}, seed ${world.seed}.</p>
${advice === undefined ? '' : `<p><b>${escapeHtml(advice)}</b></p>`}
${tableOf(runs)}
${assumptions.map((text) => `<p class="faint">${escapeHtml(text)}</p>`).join('')}
${sections.join('\n')}
</body></html>
`;
};
