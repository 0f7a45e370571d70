import type { LargeRun } from './large-run.ts';

/**
 * US dollars in us-east-1 (aws.amazon.com/s3/pricing, S3 Standard): PUT and LIST $0.005, GET $0.0004 per 1,000; storage
 * $0.023 per GB and month. What is read and written in its own region is not charged by size.
 */
const perWrite = 0.005 / 1000;
const perRead = 0.0004 / 1000;
const perGibibyteMonth = 0.023;

/** A worker polls control as the run's timing has it, and the lease six times in its length (src/worker/watch-run.ts). */
const leasePolls = 6;

export interface S3Bill {
  readonly rows: readonly { readonly what: string; readonly count: string; readonly usd: string }[];
  readonly notes: readonly string[];
}

const usd = (amount: number): string => `$${amount.toFixed(2)}`;
const whole = (count: number): string => Math.round(count).toLocaleString('en');

/** What the store charges for the whole run: the orchestrator's requests as counted, the workers' as they are made. */
export const s3Bill = (run: LargeRun): S3Bill => {
  const { pollMillis, leaseSeconds } = run.timing;
  const { counts, kept } = run.store;
  // Hello, goodbye, and segments.
  const workerWrites = run.segments + 2 * run.workers;
  const workerReads =
    run.workers * run.loadSeconds * (1000 / pollMillis + leasePolls / leaseSeconds) + 3 * run.workers;
  const reads = counts.get + workerReads;
  const writes = counts.put + counts.list + workerWrites;
  const objects = kept.objects + workerWrites;
  const bytes = kept.bytes + run.segments * run.segmentBytes;
  const gibibytes = bytes / 2 ** 30;
  return {
    rows: [
      { what: 'S3: reads, polls of the workers included', count: whole(reads), usd: usd(reads * perRead) },
      { what: 'S3: writes and lists', count: whole(writes), usd: usd(writes * perWrite) },
      { what: 'S3: objects', count: whole(objects), usd: '' },
      {
        what: 'S3: stored for a month',
        count: `${gibibytes.toFixed(1)} GB`,
        usd: usd(gibibytes * perGibibyteMonth),
      },
      {
        what: 'S3: in all',
        count: '',
        usd: usd(reads * perRead + writes * perWrite + gibibytes * perGibibyteMonth),
      },
    ],
    notes: [
      `Of the reads ${whole(counts.get)} are the orchestrator's, of the writes and lists ${whole(counts.put + counts.list)}. Prices: S3 Standard, us-east-1.`,
    ],
  };
};
