import { formatBytes } from '../document/bytes-quantity.ts';
import { formatDollars } from '../document/format-quantity.ts';
import type { QueryPage } from './logs-place.ts';

/** `1.2 GB scanned in 3.1 s, $0.0061`; nothing is paid on this machine, nor for a result that was at hand. */
export const describeScan = ({
  scannedBytes,
  usd,
  isReused,
  millis,
}: Pick<QueryPage, 'scannedBytes' | 'usd' | 'isReused' | 'millis'>): string => {
  if (isReused) return 'a result that was at hand: nothing was scanned (--no-reuse asks anew)';
  const cost = usd > 0 ? `, ${formatDollars(usd)}` : '';
  return `${formatBytes(scannedBytes)} scanned in ${(millis / 1000).toFixed(millis < 9995 ? 2 : 0)} s${cost}`;
};
