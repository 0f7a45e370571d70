const megabyte = 1_048_576;
const terabyte = 1_099_511_627_776;
const leastBytes = 10 * megabyte;

/** Athena's price in US dollars for a TB; the same in most regions. */
export const athenaUsdPerTerabyte = 5;

/**
 * What a query costs that scanned so many bytes: by the TB, rounded up to the MB, at least 10 MB. Failed queries cost nothing,
 * cancelled ones what they scanned, and results that were at hand nothing. Athena's pricing; its MB and TB are powers of two.
 */
export const queryUsd = (scannedBytes: number, usdPerTerabyte: number): number => {
  const charged = Math.max(leastBytes, Math.ceil(scannedBytes / megabyte) * megabyte);
  return (charged / terabyte) * usdPerTerabyte;
};
