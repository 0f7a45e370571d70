import { formatClock } from './load-chart.ts';

/** One curve of a panel, a value for each of the panel's instants. */
export interface Curve {
  readonly name: string;
  /** A class of the page's stylesheet: `load`, `capacity`, … */
  readonly look: string;
  readonly form: 'line' | 'area';
  readonly values: readonly number[];
  /** Of an area: what it stands on; 0 when left out. */
  readonly base?: readonly number[];
}

const width = 960;
const height = 200;
const edge = { left: 64, right: 12, top: 12, bottom: 26 };

/** For text and for attributes in double quotes. */
export const escapeHtml = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');

/** The next of 1, 2, 4, 6, 8 and 10 times a power of ten: their quarters are round. */
const roundUp = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power;
};

const timeSteps = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

const number = (value: number): string => String(Math.round(value * 10) / 10);

/** An SVG element: curves over one time axis. A name, so that it can be read out, and its legend. */
export const svgPanel = (title: string, curves: readonly Curve[], seconds: number): string => {
  const highest = curves.reduce((most, { values }) => Math.max(most, ...values), 0);
  const top = highest <= 0 ? 1 : roundUp(highest);
  const count = Math.max(1, ...curves.map(({ values }) => values.length));
  const x = (index: number): number => edge.left + (index / count) * (width - edge.left - edge.right);
  const y = (value: number): number =>
    height - edge.bottom - (value / top) * (height - edge.top - edge.bottom);
  const steps = (values: readonly number[]): string =>
    values.map((value, index) => `${number(x(index))},${number(y(value))}H${number(x(index + 1))}`).join('L');
  const back = (base: readonly number[]): string =>
    base
      .map((value, index) => `${number(x(index + 1))},${number(y(value))}H${number(x(index))}`)
      .reverse()
      .join('L');
  const path = ({ form, look, values, base }: Curve): string =>
    form === 'line'
      ? `<path class="line ${look}" d="M${steps(values)}"/>`
      : `<path class="area ${look}" d="M${steps(values)}L${back(base ?? values.map(() => 0))}Z"/>`;
  const levels = [0, 0.25, 0.5, 0.75, 1].map((share) => share * top);
  const grid = levels
    .map(
      (level) =>
        `<line class="grid" x1="${edge.left}" x2="${width - edge.right}" y1="${number(y(level))}" y2="${number(y(level))}"/>` +
        `<text x="${edge.left - 8}" y="${number(y(level) + 4)}" text-anchor="end">${level.toLocaleString('en-US', { maximumFractionDigits: 2 })}</text>`,
    )
    .join('');
  const step = timeSteps.find((candidate) => seconds / candidate <= 9) ?? 86_400;
  const times = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step)
    .map((at) => {
      const atX = x((at / seconds) * count);
      const anchor = atX > width - 2 * edge.right ? 'end' : 'middle';
      return `<text x="${number(atX)}" y="${height - 8}" text-anchor="${anchor}">${formatClock(at)}</text>`;
    })
    .join('');
  const legend = curves
    .map(({ name, look }) => `<span><i class="${look}"></i>${escapeHtml(name)}</span>`)
    .join('');
  return `<figure><figcaption><b>${escapeHtml(title)}</b>${legend}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(title)}">${grid}${times}${curves.map(path).join('')}</svg></figure>`;
};
