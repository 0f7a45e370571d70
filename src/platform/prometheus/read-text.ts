/** The whole body. Throws a `RangeError` when it is longer. */
export const readText = async (response: Response, mostBytes: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes)
      throw new RangeError(`the answer has more than ${mostBytes} bytes: narrow the query to one series`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};
