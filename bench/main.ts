import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import type { BenchContext } from './bench-context.ts';
import { parseBenchOptions, type TableKey, usage } from './bench-options.ts';
import { findPlacement } from './cpu-placement.ts';
import { type FoundPeer, findPeer } from './peers/peer.ts';
import { type ResultTable, renderTable } from './result-table.ts';
import { packStormdrain } from './stormdrain/pack-stormdrain.ts';
import { launchTable } from './tables/launch.ts';
import { plainGetTable } from './tables/plain-get.ts';
import { scaleTable } from './tables/scale.ts';
import { scenarioTable } from './tables/scenario.ts';
import { threadsTable } from './tables/threads.ts';
import { usersTable } from './tables/users.ts';
import { nginxInstall, nginxVersion } from './targets/nginx.ts';
import { freezeTable } from './truth/freeze-table.ts';
import { lagTable } from './truth/lag-table.ts';
import { recordTable } from './truth/record-table.ts';
import { Workspace } from './workspace.ts';

const tables: Readonly<Record<TableKey, (context: BenchContext) => Promise<ResultTable>>> = {
  plain: (context) => plainGetTable(context, 'plain'),
  tls: (context) => plainGetTable(context, 'tls'),
  body: (context) => plainGetTable(context, 'body'),
  scenario: scenarioTable,
  record: recordTable,
  freeze: freezeTable,
  lag: lagTable,
  threads: threadsTable,
  users: usersTable,
  launch: launchTable,
  scale: (context) => scaleTable(context),
};

const describePeer = (peer: FoundPeer): string =>
  peer.kind === 'found'
    ? `- ${peer.name} ${peer.version}`
    : `- ${peer.name}: not installed, left out. Install it: \`${peer.install}\``;

const describeMachine = (context: BenchContext): string =>
  [
    '# Bench',
    '',
    `${new Date().toISOString()}, ${process.platform} ${process.arch}, ${availableParallelism()} x ${cpus()[0]?.model.trim()}, Node ${process.versions.node}. ${context.placement.described}`,
    '',
    `- stormdrain ${context.stormdrain.version}, packed from this checkout`,
    ...Object.values(context.peers).map(describePeer),
    context.nginxVersion === undefined
      ? `- nginx: not installed, what is measured against it is left out. Install it: \`${nginxInstall}\``
      : `- nginx ${context.nginxVersion}`,
    '',
    'CPU seconds are user and system time of all of a tool, from the first instruction of its first process to its end, start included, as the kernel counts them. Of stormdrain, the row that counts is the worker: the process that sends the load.',
    '',
  ].join('\n');

const measure = async (context: BenchContext): Promise<void> => {
  const found: Record<string, unknown> = {};
  for (const key of context.options.only) {
    try {
      const table = await tables[key](context);
      found[key] = table;
      process.stdout.write(`${renderTable(table)}\n\n`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      found[key] = { failed: reason };
      process.stdout.write(`## ${key}\n\nnot measured: ${reason}\n\n`);
      process.exitCode = 1;
    }
  }
  if (context.options.json === undefined) return;
  const { peers, nginxVersion: nginx, options } = context;
  const document = { at: new Date().toISOString(), options, peers, nginx, tables: found };
  await writeFile(context.options.json, `${JSON.stringify(document, undefined, 2)}\n`);
};

const main = async (): Promise<void> => {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const workspace = await Workspace.open(options);
  if (options.keep) process.stderr.write(`everything is kept in ${workspace.folder}\n`);
  const leave = (): void => {
    void workspace.close().finally(() => process.exit(130));
  };
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  try {
    const context: BenchContext = {
      options,
      workspace,
      placement: findPlacement(),
      stormdrain: await packStormdrain(workspace),
      nginxVersion: nginxVersion(),
      peers: {
        wrk: findPeer('wrk'),
        autocannon: findPeer('autocannon'),
        k6: findPeer('k6'),
        locust: findPeer('locust'),
        artillery: findPeer('artillery'),
      },
      progress: (text) => process.stderr.write(`${text}\n`),
    };
    process.stdout.write(`${describeMachine(context)}\n`);
    await measure(context);
  } finally {
    await workspace.close();
  }
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
