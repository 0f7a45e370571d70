import { sqlLiteral } from '../../ports/sql-quoting.ts';

/** A text as DuckDB takes it, whatever is in it. A NUL would end the statement. */
export const literal = (text: string): string => {
  if (text.includes('\0')) throw new RangeError(`${JSON.stringify(text)} has a NUL in it.`);
  return sqlLiteral(text);
};

export const literals = (texts: readonly string[]): string => `[${texts.map(literal).join(', ')}]`;
