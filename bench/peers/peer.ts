import { spawnSync } from 'node:child_process';
import { toolEnvironment } from '../counted-process.ts';
import { findProgram } from './find-program.ts';

export const peerNames = ['wrk', 'autocannon', 'k6', 'locust', 'artillery'] as const;
export type PeerName = (typeof peerNames)[number];

interface Peer {
  /** How to get it, by its public package. */
  readonly install: string;
  readonly versionArgs: readonly string[];
}

const fromNpm = (name: string): string => `npm install --prefix bench/.peers --ignore-scripts ${name}`;

export const peers: Readonly<Record<PeerName, Peer>> = {
  wrk: { install: 'apt-get install wrk', versionArgs: ['--version'] },
  autocannon: { install: fromNpm('autocannon'), versionArgs: ['--version'] },
  k6: { install: 'go install go.k6.io/k6@latest', versionArgs: ['version'] },
  locust: { install: 'pip install locust', versionArgs: ['--version'] },
  artillery: { install: fromNpm('artillery'), versionArgs: ['--version'] },
};

export type FoundPeer =
  | { readonly kind: 'found'; readonly name: PeerName; readonly program: string; readonly version: string }
  | { readonly kind: 'missing'; readonly name: PeerName; readonly install: string };

export const findPeer = (name: PeerName): FoundPeer => {
  const { install, versionArgs } = peers[name];
  const program = findProgram(name);
  if (program === undefined) return { kind: 'missing', name, install };
  const { stdout, stderr } = spawnSync(program, versionArgs, {
    encoding: 'utf8',
    env: toolEnvironment(quiet),
  });
  return {
    kind: 'found',
    name,
    program,
    version: parseVersion(`${stdout}${stderr}`) ?? 'of unknown version',
  };
};

/** The first thing that looks like a version. */
export const parseVersion = (output: string): string | undefined => /\d+\.\d+(?:\.\d+)?/.exec(output)?.[0];

/** Nobody but the target is to be called during a measurement. */
export const quiet: Readonly<Record<string, string>> = {
  ARTILLERY_DISABLE_TELEMETRY: 'true',
  K6_NO_USAGE_REPORT: 'true',
};
