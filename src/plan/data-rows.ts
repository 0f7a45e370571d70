import type { DataSource } from './plan.ts';
import { hashIntegers } from './random.ts';

/** One row of a data file: column name to value. */
export type DataRow = Readonly<Record<string, string>>;

/**
 * The row that the arrival of this rank in its scenario uses; undefined when `once` has no more. A pure function of
 * the rank, so no two arrivals anywhere share a row of a `once` file.
 */
export const rowOfRank = (data: DataSource, seed: number, rank: number): number | undefined => {
  switch (data.use) {
    case 'once':
      return rank < data.rowCount ? rank : undefined;
    case 'cycle':
      return rank % data.rowCount;
    case 'random':
      return hashIntegers(seed, 0x726f7773, rank) % data.rowCount;
  }
};
