import { spawnSync } from 'node:child_process';

/** Major and minor version of the HAProxy on PATH; undefined when there is none. */
const findVersion = (): readonly [number, number] | undefined => {
  const { status, stdout } = spawnSync('haproxy', ['-v'], { timeout: 10_000, encoding: 'utf8' });
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return status !== 0 || major === undefined ? undefined : [Number(major), Number(minor)];
};

const install = (): string => {
  if (process.getuid?.() !== 0) return 'it is installed only where the tests run as root';
  if (spawnSync('apt-get', ['--version'], { timeout: 10_000 }).status !== 0) return 'there is no apt-get';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const parameters of [['update'], ['install', '-y', '--no-install-recommends', 'haproxy']]) {
    const { status } = spawnSync('apt-get', parameters, { env, stdio: 'inherit', timeout: 240_000 });
    if (status !== 0) return `apt-get ${parameters[0]} failed, as it says above`;
  }
  return 'apt-get has installed it, and it is still not on PATH';
};

/** Once, before the first test file: HAProxy must be there, and is installed where that can be done. */
export const setup = (): void => {
  const outcome = findVersion() === undefined ? install() : '';
  const version = findVersion();
  if (version === undefined) {
    throw new Error(
      `These tests need haproxy 2.6 or newer on PATH, and there is none (${outcome}): run "sudo apt-get install haproxy", then run them again`,
    );
  }
  const [major, minor] = version;
  if (major < 2 || (major === 2 && minor < 6)) {
    throw new Error(
      `These tests need haproxy 2.6 or newer, and the one on PATH is ${major}.${minor}: install a newer one (https://haproxy.debian.net), then run them again`,
    );
  }
};
