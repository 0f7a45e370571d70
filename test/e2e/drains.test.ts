import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from './terminal.ts';

let terminal: Terminal;

beforeEach(async () => {
  terminal = await openTerminal();
});

afterEach(() => terminal.close());

describe('drains at a terminal', () => {
  it('are simulated, listed and shown', async () => {
    const none = await terminal.type('drains');
    expect(none).toMatchObject({ code: 0, stdout: expect.stringContaining('drain simulate'), stderr: '' });
    const storm = await terminal.type('drain', 'simulate', '--instances', '2', '--tasks', '4', '--json');
    expect(storm).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(storm.stdout)).toMatchObject({ outcomes: { empty: 2 }, requests: { failed: 0 } });
    const listed = await terminal.type('drains', '--json');
    const drains = JSON.parse(listed.stdout) as { drainId: string; marginSeconds: number }[];
    expect(drains).toHaveLength(2);
    const shown = await terminal.type('drains', drains[0]?.drainId ?? '');
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/^EMPTY {2}i-[0-9a-f]{17} in cluster simulated\n/);
    expect(await terminal.type('drains', 'i-ffffffff')).toMatchObject({ code: 2, stdout: '' });
  });
});
