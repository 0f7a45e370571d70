/** How a container's table is kept. */
export interface TableSettings {
  /**
   * `registered`: each day is a partition of the catalog, and closed days can become Parquet. `projection`: Athena works out
   * the partitions from the table's properties; nothing is registered, and nothing compacted.
   */
  readonly mode: 'registered' | 'projection';
  /** Days before today whose logs are kept. */
  readonly retentionDays: number;
  /** Whether closed days become Parquet. What is Parquet already stays readable when it is turned off. */
  readonly compact: boolean;
}

/** Days of retention that no log reaches: a hundred years. */
export const foreverDays = 36_500;

export const defaultSettings: TableSettings = { mode: 'registered', retentionDays: 400, compact: true };
