import fc from 'fast-check';

const interesting = fc.oneof(
  fc.constantFrom(0, 9, 10, 13, 32, 34, 44, 48, 57, 58, 59, 61, 92, 102, 127, 128, 255),
  fc.nat(255),
);

export interface Change {
  readonly kind: 'set' | 'flip' | 'insert' | 'delete' | 'repeat' | 'cut off';
  readonly at: number;
  readonly byte: number;
}

export const randomChange: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('set', 'flip', 'insert', 'delete', 'repeat', 'cut off'),
  at: fc.nat(1_000_000),
  byte: interesting,
});

export const changed = (bytes: Buffer, { kind, at, byte }: Change): Buffer => {
  const place = at % (bytes.length + 1);
  const before = bytes.subarray(0, place);
  const after = bytes.subarray(place);
  switch (kind) {
    case 'set':
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    case 'flip':
      return Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << (byte % 8))), after.subarray(1)]);
    case 'insert':
      return Buffer.concat([before, Buffer.of(byte), after]);
    case 'delete':
      return Buffer.concat([before, after.subarray(1 + (byte % 3))]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, byte), after]);
    case 'cut off':
      return before;
  }
};
