/** A name as SQL takes it, whatever is in it: in double quotes, those in it doubled. The only place that quotes a name. */
export const quoteIdentifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A text as SQL takes it, whatever is in it: in single quotes, those in it doubled. The only place that quotes a text. */
export const sqlLiteral = (text: string): string => `'${text.replaceAll("'", "''")}'`;
