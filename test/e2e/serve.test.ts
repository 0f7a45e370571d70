import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTarget, type RecordingTarget } from '../runs/harness.ts';
import { type Command, openTerminal, type Terminal, waitUntil } from './terminal.ts';

let terminal: Terminal;
let target: RecordingTarget;
let served: Command | undefined;

beforeEach(async () => {
  terminal = await openTerminal();
  target = await openTarget();
});

afterEach(async () => {
  served?.process.kill('SIGKILL');
  await served?.finished;
  served = undefined;
  await target.close();
  await terminal.close();
});

const startServing = async (): Promise<{ readonly command: Command; readonly url: string }> => {
  served = terminal.start('serve', '--port', '0');
  const { stdout } = served.process;
  if (stdout === null) throw new Error('its output is not piped');
  const [text] = await once(stdout, 'data');
  return { command: served, url: /http:\/\/127\.0\.0\.1:\d+/.exec(String(text))?.[0] ?? '' };
};

const plan = () => ({
  version: 1,
  target: `http://127.0.0.1:${target.port}`,
  load: [{ for: '60s', rate: 50 }],
  scenarios: [{ name: 'visit', steps: [{ get: '/' }] }],
});

describe('serve', () => {
  it('runs what is posted to it, and ends what it started when it is interrupted', async () => {
    const { command, url } = await startServing();
    const started = await fetch(`${url}/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ plan: plan() }),
    });
    expect(started.status).toBe(201);
    const { runId } = (await started.json()) as { runId: string };
    await waitUntil('the run to send', async () => (target.paths.length > 10 ? true : undefined));

    command.process.kill('SIGINT');
    expect(await command.finished).toMatchObject({
      code: 0,
      stderr: 'Stopping a run; Ctrl-C again to leave at once.\n',
    });
    const shown = await terminal.type('show', 'last', '--json');
    const summary = JSON.parse(shown.stdout) as { requests: { completed: number } };
    expect(summary).toMatchObject({ runId, outcome: 'stopped' });
    expect(summary.requests.completed).toBe(target.paths.length);
  });

  it('says so when its port is taken', async () => {
    const { url } = await startServing();
    const { port } = new URL(url);
    expect(await terminal.type('serve', '--port', port)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `stormdrain: port ${port} is taken; choose another one: serve --port 0 takes any\n`,
    });
  });
});
