import { writeFile } from 'node:fs/promises';
import { addDays, dayOf } from '../../src/logs/layout/utc-day.ts';
import type { ObjectListing } from '../../src/platform/ports/object-listing.ts';
import { formatCount } from '../format-number.ts';
import { type ResultTable, renderTable } from '../result-table.ts';
import { Workspace } from '../workspace.ts';
import { benchQuestions } from './bench-questions.ts';
import { compactAll, removeOld } from './compact-all.ts';
import { linkFolder } from './link-folder.ts';
import { logsUsage, parseLogsOptions } from './logs-options.ts';
import { LogsWorld } from './logs-world.ts';
import { partitionJobTable } from './partition-job-table.ts';
import { measureQuestions, questionTable } from './question-table.ts';
import { storageTable } from './storage-table.ts';
import { benchContainers, type LogsShape, writeLogs } from './write-logs.ts';

const dayCount = 7;
/** When the last day has been closed for some hours. */
const nowMillis = Date.UTC(2026, 10, 21, 5);

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const bytesUnder = async (listing: ObjectListing, prefix: string): Promise<number> => {
  let total = 0;
  for await (const { bytes } of listing.objects(prefix)) total += bytes;
  return total;
};

const logTables = async (
  workspace: Workspace,
  lines: number,
  rounds: number,
): Promise<readonly ResultTable[]> => {
  const shape: LogsShape = {
    lines,
    containers: benchContainers(50),
    firstDay: addDays(dayOf(nowMillis), -dayCount),
    days: dayCount,
    objectsPerDay: 144,
  };
  const written = await writeLogs(workspace.path('lines'), shape);
  say(`${formatCount(written.lines)} lines written, ${(written.bytes / 1e6).toFixed(0)} MB`);
  await linkFolder(workspace.path('lines'), workspace.path('parquet'));
  const worlds = {
    lines: new LogsWorld(workspace.path('lines'), nowMillis),
    parquet: new LogsWorld(workspace.path('parquet'), nowMillis),
  };
  try {
    for (const world of Object.values(worlds)) await world.updateCatalog();
    const before = cpuSeconds();
    const days = await compactAll(worlds.parquet);
    const cpu = cpuSeconds() - before;
    worlds.parquet.passHours(25);
    await removeOld(worlds.parquet);
    const { listing } = worlds.parquet.ports;
    const left = await bytesUnder(listing, 'logs/');
    if (left > 0) throw new Error(`${left} bytes of raw logs were left by the compaction`);
    say(`${days} days compacted`);
    const measured = await measureQuestions(benchQuestions(shape, written), worlds, rounds);
    const parquetBytes = await bytesUnder(listing, 'compacted/');
    return [
      questionTable(measured, written, rounds),
      await storageTable(shape, { written, parquetBytes, days, cpuSeconds: cpu }, workspace.path('routers')),
    ];
  } finally {
    for (const { sql } of Object.values(worlds)) await sql.close();
  }
};

const main = async (): Promise<void> => {
  const { lines, rounds, keep, json, help } = parseLogsOptions(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${logsUsage}\n`);
    return;
  }
  const workspace = await Workspace.open({ keep });
  try {
    const tables = [...(await logTables(workspace, lines, rounds)), await partitionJobTable()];
    process.stdout.write(`${tables.map(renderTable).join('\n\n')}\n`);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(tables, null, 2)}\n`);
    if (tables.some(({ aims }) => aims.some(({ met }) => met === false))) process.exitCode = 1;
  } finally {
    await workspace.close();
  }
};

await main();
