import { byteClasses, carriageReturn, quotedByte, tokenByte, valueByte } from './byte-classes.ts';

/** Where in a chunk's extensions (RFC 9112, 7.1.1) a byte stands. `end` comes after their carriage return. */
export type ExtensionPlace = 'begin' | 'name' | 'value' | 'quoted' | 'pair' | 'after quotes' | 'end';

const semicolon = 0x3b;
const equals = 0x3d;
const quote = 0x22;
const backslash = 0x5c;

const isOf = (byte: number, kind: number): boolean => ((byteClasses[byte] as number) & kind) !== 0;

/**
 * The place after a byte, or undefined where it can't stand. As strict as Node's client: no white space outside quotes,
 * and something behind each semicolon.
 */
export const parseExtensionByte = (place: ExtensionPlace, byte: number): ExtensionPlace | undefined => {
  switch (place) {
    case 'quoted':
      if (byte === quote) return 'after quotes';
      if (byte === backslash) return 'pair';
      return isOf(byte, quotedByte) ? 'quoted' : undefined;
    case 'pair':
      return isOf(byte, valueByte) ? 'quoted' : undefined;
  }
  if (byte === semicolon) return 'begin';
  if (byte === carriageReturn) return place === 'begin' ? undefined : 'end';
  if (place === 'after quotes') return undefined;
  if (byte === equals && place !== 'value') return 'value';
  if (byte === quote && place === 'value') return 'quoted';
  if (!isOf(byte, tokenByte)) return undefined;
  return place === 'value' ? 'value' : 'name';
};
