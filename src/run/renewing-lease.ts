import type { ControlDocument } from './documents.ts';
import { renewLease } from './run-documents.ts';
import type { RunPorts } from './run-ports.ts';

/** Of the lease's length: one renewal may fail, and the next still comes in time. */
const renewalsPerLease = 3;

/**
 * Renews the run's lease now, and again and again until the work is done: launching 1,000 workers takes longer than
 * the wait between two looks. A renewal that fails is left to the next one.
 */
export const renewingLease = async <Result>(
  ports: Pick<RunPorts, 'store' | 'clock'>,
  control: ControlDocument,
  work: () => Promise<Result>,
): Promise<Result> => {
  const renew = (): Promise<void> => renewLease(ports.store, control, ports.clock.nowMillis());
  await renew();
  const timer = setInterval(
    () => void renew().catch(() => undefined),
    (control.timing.leaseSeconds * 1000) / renewalsPerLease,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
};
