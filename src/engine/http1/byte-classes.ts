/** A byte of a header's name, or of another token (RFC 9110, 5.6.2). */
export const tokenByte = 1;
/** A byte of a header's value: tab, space, visible ASCII and bytes above 127 (RFC 9110, 5.5). */
export const valueByte = 2;
/** A byte of a quoted string that needs no backslash (RFC 9110, 5.6.4). */
export const quotedByte = 4;

const classify = (byte: number): number => {
  const character = String.fromCharCode(byte);
  const isToken = /[!#$%&'*+.^_`|~0-9A-Za-z-]/.test(character);
  const isValue = byte === 0x09 || (byte >= 0x20 && byte !== 0x7f);
  const isQuoted = isValue && character !== '"' && character !== '\\';
  return (isToken ? tokenByte : 0) | (isValue ? valueByte : 0) | (isQuoted ? quotedByte : 0);
};

/** For each byte, the classes it belongs to. */
export const byteClasses: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => classify(byte));

export const lineFeed = 0x0a;
export const carriageReturn = 0x0d;
export const space = 0x20;
export const comma = 0x2c;
export const colon = 0x3a;

/** Space or tab; nothing is neither. */
export const isBlank = (byte: number | undefined): boolean => byte === space || byte === 0x09;

/** 0 to 9, or -1. */
export const decimalDigit = (byte: number): number => (byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : -1);

/** 0 to 15, or -1. */
export const hexDigit = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

/** Whether bytes[from..to), none of which is a control character, spell a word of a-z, `-` and `=` in any case. */
export const spells = (bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean => {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (((bytes[from + i] as number) | 0x20) !== word[i]) return false;
  return true;
};
