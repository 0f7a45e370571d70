/** A response as bytes in the pieces that they come in, and what became of the connection after them. */
export interface SentResponse {
  readonly method: 'GET' | 'HEAD';
  readonly bytes: Buffer;
  /** Where the bytes are cut: increasing, each inside them. */
  readonly cuts: readonly number[];
}

export type ResponseReading =
  | {
      readonly outcome: 'accepted';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: readonly (readonly [name: string, value: string])[];
      /** One character a byte. */
      readonly body: string;
      /** Whether another request may follow on the connection. */
      readonly keepAlive: boolean;
    }
  | { readonly outcome: 'rejected'; readonly reason: string };

export const piecesOf = ({ bytes, cuts }: SentResponse): readonly Buffer[] => {
  const ends = [...cuts, bytes.length];
  return ends
    .map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
    .filter(({ length }) => length > 0);
};
