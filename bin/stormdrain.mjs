#!/usr/bin/env node
// Starts the command line: the bundle of a published package, or the TypeScript of a checkout. Written for every
// Node that can run modules at all, so that an old one gets an answer and not a syntax error.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const pathOf = (relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const atLeast = (wantedMajor, wantedMinor) =>
  major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
const bug = 70;

const refuse = (text) => {
  process.stderr.write(`stormdrain: ${text}\n`);
  process.exit(bug);
};

const runHere = async (file) => {
  // What was compiled once is kept where Node keeps such things. Node 20 can't.
  module.enableCompileCache?.();
  // The launcher above this process, if any, holds a channel; when it is killed, this run has lost its terminal.
  if (process.connected) {
    process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel.unref();
  }
  // Whoever reads the output may leave first, as `head` does.
  process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : bug));
  const { main } = await import(pathToFileURL(file).href);
  const code = await main();
  // Text for a slow reader may still be on its way, and nothing else may hold the process.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
};

const runWith = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => refuse(`${node} can't be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
};

const checkout = existsSync(pathOf('src/cli/main.ts'));
const ownNode = pathOf('node_modules/node/bin/node');

if (!atLeast(20, 11)) {
  refuse(`Node ${process.versions.node} is too old: it needs Node 20.11 or newer.`);
} else if (!checkout) {
  // Node 20 lacks it.
  if (Promise.withResolvers === undefined) {
    Promise.withResolvers = () => {
      const resolvers = {};
      resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
      return resolvers;
    };
  }
  await runHere(pathOf('dist/cli.mjs'));
} else if (atLeast(23, 6)) {
  await runHere(pathOf('src/cli/main.ts'));
} else if (existsSync(ownNode)) {
  runWith(ownNode);
} else {
  refuse(`a checkout needs Node 23.6 or newer to run its TypeScript, or its own Node: run "npm ci" first.`);
}
