import { carriageReturn, decimalDigit, space } from './byte-classes.ts';

/** Version, status and the byte after it: as much of a status line as has fixed places. */
export const statusLineBytes = 13;

const usual: Uint8Array = Uint8Array.from(Buffer.from('HTTP/1.1 ', 'latin1'));
const dot = 0x2e;

/** The versions that Node's client takes too. */
const isVersion = (major: number, minor: number): boolean =>
  (major === 1 && minor <= 1) || (major === 0 && minor === 9) || (major === 2 && minor === 0);

/** Whether the byte at a place of a status line may be there, after what is before it. */
const mayStandAt = (place: number, bytes: Buffer, at: number): boolean => {
  const byte = bytes[at] as number;
  switch (place) {
    case 5:
      return decimalDigit(byte) >= 0;
    case 6:
      return byte === dot;
    case 7: {
      const minor = decimalDigit(byte);
      return minor >= 0 && isVersion(decimalDigit(bytes[at - 2] as number), minor);
    }
    case 9:
      return decimalDigit(byte) > 0;
    case 10:
    case 11:
      return decimalDigit(byte) >= 0;
    case 12:
      return byte === space || byte === carriageReturn;
    default:
      return byte === usual[place];
  }
};

/** 200 to 599 and a space, as nearly always. */
const endsUsually = (bytes: Buffer, start: number): boolean => {
  const first = bytes[start + 9] as number;
  const isStatus = first >= 0x32 && first <= 0x35 && bytes[start + 10] === 0x30;
  return isStatus && decimalDigit(bytes[start + 11] as number) >= 0 && bytes[start + 12] === space;
};

/** The place of the first byte that can't stand where it does in the status line at `start`; -1 when all of them can. */
export const misplacedIn = (bytes: Buffer, start: number, to: number): number => {
  const length = Math.min(to - start, statusLineBytes);
  let place = 0;
  while (place < usual.length && place < length && bytes[start + place] === usual[place]) place++;
  if (place === usual.length && length === statusLineBytes && endsUsually(bytes, start)) return -1;
  for (; place < length; place++) if (!mayStandAt(place, bytes, start + place)) return place;
  return -1;
};

/** The status in a status line that is right. */
export const statusAt = (bytes: Buffer, start: number): number =>
  decimalDigit(bytes[start + 9] as number) * 100 +
  decimalDigit(bytes[start + 10] as number) * 10 +
  decimalDigit(bytes[start + 11] as number);

/** Whether the version in a status line that is right is 1.1. */
export const isVersion11At = (bytes: Buffer, start: number): boolean =>
  bytes[start + 5] === 0x31 && bytes[start + 7] === 0x31;
