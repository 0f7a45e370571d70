/** The bytes aren't an HTTP/1.x response. The message says where they go wrong. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
}

/** Bytes as a message quotes them. */
export const quoteBytes = (bytes: Buffer, from: number, to: number): string => {
  const text = bytes.toString('latin1', from, Math.min(to, from + 40));
  return JSON.stringify(to - from > 40 ? `${text}…` : text);
};
