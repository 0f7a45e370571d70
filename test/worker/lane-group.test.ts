import { describe, expect, it } from 'vitest';
import type { Tally } from '../../src/stats/tally.ts';
import { LaneGroup } from '../../src/worker/lane-group.ts';
import type { LaneFailure, LoadLane } from '../../src/worker/load-lane.ts';
import { type Sample, tallyOf } from '../stats/builders.ts';

class PaperLane implements LoadLane {
  readonly #end = Promise.withResolvers<'finished' | LaneFailure>();
  readonly finished = this.#end.promise;
  readonly heard: string[] = [];
  readonly sockets: number;
  readonly samples: readonly Sample[];

  constructor(sockets = 0, samples: readonly Sample[] = []) {
    this.sockets = sockets;
    this.samples = samples;
  }

  end(end: 'finished' | LaneFailure): void {
    this.#end.resolve(end);
  }

  start(): void {
    this.heard.push('start');
  }
  applyEpochs(): void {
    this.heard.push('epochs');
  }
  release(): void {
    this.heard.push('release');
  }
  stop(): void {
    this.heard.push('stop');
    this.end('finished');
  }
  look(): void {
    this.heard.push('look');
  }
  openSockets(): number {
    return this.sockets;
  }
  async cut(): Promise<Tally> {
    return tallyOf(this.samples);
  }
  async close(): Promise<void> {
    this.heard.push('close');
  }
}

const arrival = { kind: 'arrived', at: 1, micros: 5 } as const;

describe('several lanes as one', () => {
  it('hear what it is told', async () => {
    const lanes = [new PaperLane(), new PaperLane()];
    const group = new LaneGroup(lanes);
    group.start({ startsAtMicros: 0, epochs: [], fromMicros: 0 });
    group.applyEpochs([]);
    group.look();
    group.release();
    await group.close();
    for (const lane of lanes) expect(lane.heard).toEqual(['start', 'epochs', 'look', 'release', 'close']);
  });

  it('measure together', async () => {
    const group = new LaneGroup([new PaperLane(2, [arrival]), new PaperLane(3, [arrival, arrival])]);
    const tally = await group.cut();
    expect(tally.seconds.get(0)?.arrived).toBe(3);
    expect(tally.sendLag.count).toBe(3);
    expect(group.openSockets()).toBe(5);
  });

  it('have finished when each of them has', async () => {
    const [first, second] = [new PaperLane(), new PaperLane()];
    const group = new LaneGroup([first, second]);
    let ended = false;
    void group.finished.then(() => {
      ended = true;
    });
    first.end('finished');
    await first.finished;
    await Promise.resolve();
    expect(ended).toBe(false);
    second.end('finished');
    expect(await group.finished).toBe('finished');
    expect([...first.heard, ...second.heard]).toEqual([]);
  });

  it('fail with the first that fails, the others stopped first', async () => {
    const lanes = [new PaperLane(), new PaperLane(), new PaperLane()];
    const group = new LaneGroup(lanes);
    lanes[1]?.end({ failed: 'thread 1 broke' });
    expect(await group.finished).toEqual({ failed: 'thread 1 broke' });
    expect(lanes[0]?.heard).toEqual(['stop']);
    expect(lanes[2]?.heard).toEqual(['stop']);
  });
});
