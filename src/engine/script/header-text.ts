/**
 * Headers are read byte for byte, as latin1, and most servers that send other than ASCII mean UTF-8. What isn't UTF-8
 * stays as it is.
 */
export const headerText = (value: string): string => {
  if (!/[\x80-\xff]/.test(value)) return value;
  const text = Buffer.from(value, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? value : text;
};
