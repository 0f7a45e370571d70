import { afterEach, describe, expect, it } from 'vitest';
import type {
  MetricQuery,
  MetricSeries,
  MetricSource,
  MetricWindow,
} from '../../src/platform/ports/metric-source.ts';
import { eventually } from './eventually.ts';

/** A source, and means to put readings into it. Its functions are taken out of it one by one: no `this`. */
export interface MetricsUnderTest {
  readonly source: MetricSource;
  /** A whole minute, at most some minutes ago: readings of the minutes before it can be put in. */
  readonly untilMillis: number;
  /** A query with a period of 60 s that gives these; `atMillis` is a whole minute, the end of its period. */
  openSeries(points: readonly { readonly atMillis: number; readonly value: number }[]): Promise<MetricQuery>;
  /** Of something that nobody has ever measured. */
  readonly emptyQuery: MetricQuery;
  /** Lets the implementation's time pass. */
  pause(millis: number): Promise<void>;
  close(): Promise<void>;
}

const minute = 60_000;

/** What every source of metrics must do; run on each implementation. */
export const describeMetricSourceContract = (name: string, open: () => Promise<MetricsUnderTest>): void => {
  describe(`metric source contract: ${name}`, () => {
    const opened: MetricsUnderTest[] = [];
    const fresh = async (): Promise<MetricsUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    /** All pages, in calls that are as large as they may be. */
    const readAll = async (
      { source }: MetricsUnderTest,
      queries: readonly MetricQuery[],
      window: MetricWindow,
    ): Promise<readonly MetricSeries[]> => {
      const all: MetricSeries[] = [];
      for (let from = 0; from < queries.length; from += source.queriesPerCall) {
        const batch = queries.slice(from, from + source.queriesPerCall);
        const points = batch.map((): MetricSeries['points'][number][] => []);
        let next: string | undefined;
        do {
          const page = await source.read(batch, window, next);
          expect(page.series).toHaveLength(batch.length);
          for (const [index, series] of page.series.entries()) {
            expect(series.failure).toBeUndefined();
            points[index]?.push(...series.points);
          }
          next = page.next;
        } while (next !== undefined);
        all.push(...points.map((each) => ({ points: each })));
      }
      return all;
    };
    const lastMinutes = (until: number, ...values: readonly number[]) =>
      values.map((value, index) => ({ atMillis: until - (values.length - 1 - index) * minute, value }));

    it('gives readings in ascending order, each at the end of its period', async () => {
      const tested = await fresh();
      const points = lastMinutes(tested.untilMillis, 10, 30, 20);
      const query = await tested.openSeries(points);
      const window = { fromMillis: tested.untilMillis - 3 * minute, toMillis: tested.untilMillis };
      await eventually(tested.pause, async () =>
        expect(await readAll(tested, [query], window)).toEqual([{ points }]),
      );
    });

    it('gives those that ended after the beginning of the window, and until its end', async () => {
      const tested = await fresh();
      const points = lastMinutes(tested.untilMillis, 1, 2, 3, 4, 5);
      const query = await tested.openSeries(points);
      const [, from, , to] = points.map(({ atMillis }) => atMillis);
      const window = { fromMillis: from ?? 0, toMillis: to ?? 0 };
      await eventually(tested.pause, async () =>
        expect(await readAll(tested, [query], window)).toEqual([{ points: points.slice(2, 4) }]),
      );
    });

    it('gives no part of a period', async () => {
      const tested = await fresh();
      const points = lastMinutes(tested.untilMillis, 1, 2, 3);
      const query = await tested.openSeries(points);
      const window = {
        fromMillis: tested.untilMillis - 2.5 * minute,
        toMillis: tested.untilMillis - 0.5 * minute,
      };
      await eventually(tested.pause, async () =>
        expect(await readAll(tested, [query], window)).toEqual([{ points: points.slice(0, 2) }]),
      );
    });

    it('answers several queries in their order, those that find nothing among them', async () => {
      const tested = await fresh();
      const first = lastMinutes(tested.untilMillis, 1, 2);
      const last = lastMinutes(tested.untilMillis, 0.5);
      const queries = [await tested.openSeries(first), tested.emptyQuery, await tested.openSeries(last)];
      const window = { fromMillis: tested.untilMillis - 2 * minute, toMillis: tested.untilMillis };
      await eventually(tested.pause, async () =>
        expect(await readAll(tested, queries, window)).toEqual([
          { points: first },
          { points: [] },
          { points: last },
        ]),
      );
    });

    it('answers no question with nothing', async () => {
      const { source, untilMillis } = await fresh();
      const window = { fromMillis: untilMillis - minute, toMillis: untilMillis };
      expect(await source.read([], window)).toEqual({ series: [] });
    });
  });
};
