import type { ColumnInfo, Datum } from '@aws-sdk/client-athena';
import type { SqlCell, SqlColumn } from '../ports/sql-engine.ts';

/** Athena says `timestamp` and `decimal`, and how precise beside it. */
export const parseColumn = ({ Name, Type = 'varchar', Precision, Scale }: ColumnInfo): SqlColumn => {
  const type = Type.toLowerCase();
  return { name: Name ?? '', type: precise(type, Precision ?? 0, Scale ?? 0) };
};

const precise = (type: string, precision: number, scale: number): string => {
  if (type === 'decimal') return `decimal(${precision},${scale})`;
  if (type.startsWith('timestamp')) return type.replace('timestamp', `timestamp(${precision})`);
  // `real` by its name in Hive.
  return type === 'float' ? 'real' : type;
};

/** All cells come as text; null is one without. */
export const parseCell = ({ VarCharValue: text }: Datum, { type }: SqlColumn): SqlCell => {
  if (text === undefined) return null;
  const [name] = type.split('(');
  switch (name) {
    case 'boolean':
      return text === 'true';
    case 'tinyint':
    case 'smallint':
    case 'integer':
    case 'bigint':
      return Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case 'double':
    case 'real':
      // What JSON has no number for stays text: `NaN`, `Infinity`.
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'timestamp':
      return parseTimestamp(text);
    default:
      return text;
  }
};

const timestampText = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?(?: (UTC|Z|[+-]\d\d:\d\d))?$/;

/** In UTC. Text of a zone that has a name, as of `Europe/Berlin`, stays as it is. */
const parseTimestamp = (text: string): string => {
  const [, date, time, fraction = '', zone = 'UTC'] = timestampText.exec(text) ?? [];
  if (date === undefined) return text;
  if (zone === 'UTC' || zone === 'Z') return `${date}T${time}${fraction}Z`;
  return `${new Date(`${date}T${time}${zone}`).toISOString().slice(0, 19)}${fraction}Z`;
};
