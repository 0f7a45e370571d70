import { formatCount } from '../format-number.ts';
import type { ResultTable } from '../result-table.ts';
import { type LogsShape, type WrittenLogs, writeLogs } from './write-logs.ts';

const leastShrinking = 3;

/** How long a log router collects, by the objects of a task in a day; the last is the delivery's default. */
const routers = [
  { every: 'an hour', objectsPerDay: 24 },
  { every: 'ten minutes', objectsPerDay: 144 },
  { every: 'a minute', objectsPerDay: 1440 },
] as const;

export interface Stored {
  readonly written: WrittenLogs;
  readonly parquetBytes: number;
  readonly days: number;
  readonly cpuSeconds: number;
}

/**
 * What is stored before and after compaction. How well gzip does depends on how much a router puts into an object, so the lines
 * of one container are written once more for other routers, into `folder`.
 */
export const storageTable = async (
  shape: LogsShape,
  { written, parquetBytes, days, cpuSeconds }: Stored,
  folder: string,
): Promise<ResultTable> => {
  const perLine = parquetBytes / written.lines;
  const sample = { ...shape, containers: shape.containers.slice(0, 1) };
  const lines = Math.round(shape.lines / shape.containers.length);
  const ofRouters = [];
  for (const { every, objectsPerDay } of routers) {
    const again = await writeLogs(`${folder}/${objectsPerDay}`, { ...sample, lines, objectsPerDay });
    ofRouters.push({ every, bytes: again.bytes / again.lines });
  }
  const usual = (ofRouters.at(-1)?.bytes ?? Number.NaN) / perLine;
  return {
    title: 'Compaction',
    about: `${formatCount(written.objects)} objects became ${days} days of Parquet, sorted by time, with zstd.`,
    columns: ['stored as', 'MB', 'bytes a line', 'times Parquet'],
    rows: [
      row('text', written.textBytes / written.lines, perLine, written.textBytes),
      row('gzip JSON, as asked above', written.bytes / written.lines, perLine, written.bytes),
      row('Parquet', perLine, perLine, parquetBytes),
      ...ofRouters.map(({ every, bytes }) =>
        row(`one container, a gzip object each ${every.replace(/^an? /, '')}`, bytes, perLine),
      ),
    ],
    aims: [
      {
        text: `at least ${leastShrinking} times fewer stored bytes than the delivery's default writes, an object a minute`,
        measured: usual.toFixed(2),
        met: usual >= leastShrinking,
      },
      {
        text: `at least ${leastShrinking} times fewer than the objects asked above`,
        measured: (written.bytes / parquetBytes).toFixed(2),
        met: written.bytes / parquetBytes >= leastShrinking,
      },
    ],
    notes: [`Compaction took ${cpuSeconds.toFixed(1)} CPU seconds.`],
  };
};

const row = (name: string, bytes: number, parquet: number, total?: number): readonly string[] => [
  name,
  total === undefined ? '' : (total / 1e6).toFixed(1),
  bytes.toFixed(1),
  (bytes / parquet).toFixed(2),
];
