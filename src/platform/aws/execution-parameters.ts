import { QueryInvalidError } from '../../errors.ts';
import type { SqlValue } from '../ports/sql-engine.ts';
import { sqlLiteral } from '../ports/sql-quoting.ts';

/** Of one of `ExecutionParameters`, as it is sent: quotes count (Athena's API reference). */
const longestParameter = 1_024;

/** Athena takes each value for a `?` as a literal of SQL. Throws `QueryInvalid` for one that it would refuse. */
export const executionParameters = (values: readonly SqlValue[]): string[] =>
  values.map((value, index) => {
    const literal = literalOf(value);
    if (literal.length > longestParameter)
      throw new QueryInvalidError(
        `Value ${index + 1} of the query is ${literal.length} characters long, quotes included; Athena takes at most ${longestParameter}: "${literal.slice(0, 40)}…". Ask for a shorter part of it.`,
      );
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new QueryInvalidError(`Value ${index + 1} of the query is ${value}, which is no number in SQL.`);
    return literal;
  });

const literalOf = (value: SqlValue): string =>
  typeof value === 'string' ? sqlLiteral(value) : String(value);
