/** A function of Trino's that DuckDB hasn't, or has with another meaning: its parameters and what it stands for, by number or type of arguments. */
export interface TrinoMacro {
  readonly name: string;
  readonly forms: readonly (readonly [parameters: string, meaning: string])[];
}

const macro = (name: string, ...forms: TrinoMacro['forms']): TrinoMacro => ({ name, forms });

/** DuckDB's own function, where a macro has its name. */
const own = (call: string): string => `system.main.${call}`;

/** `j` parsed once more costs less than an error, for which DuckDB goes over a whole vector row by row. */
const ofJson = (meaning: string): string => `CASE WHEN json_valid(j) THEN ${meaning} END`;

const strftimeFormat = [
  ['%W', '%A'],
  ['%M', '%B'],
  ['%i', '%M'],
  ['%s', '%S'],
  ['%T', '%H:%M:%S'],
  ['%h', '%I'],
  ['%e', '%-d'],
  ['%c', '%-m'],
].reduce((text, [mysql, own]) => `replace(${text}, '${mysql}', '${own}')`, 'f');

/** What a clock of the zone `z` shows. For UTC without a calendar, which takes ten times as long as reading the line does. */
const atZone = (instant: string): string =>
  `CASE WHEN z = 'UTC' THEN make_timestamp(epoch_us(${instant})) ELSE ${own(`timezone(z, ${instant})`)} END`;
const ofUtc = atZone('make_timestamptz(epoch_us(t))');

const units = ['millisecond', 'second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'];
const added = `t + CASE lower(u) ${units
  .map((unit) => `WHEN '${unit}' THEN to_${unit}s(CAST(n AS INTEGER))`)
  .join(' ')} ELSE error('date_add knows no unit ' || u) END`;

const concatenations = Array.from({ length: 7 }, (_, n): TrinoMacro['forms'][number] => {
  const names = Array.from({ length: n + 2 }, (_, argument) => `a${argument}`);
  return [names.join(', '), names.join(' || ')];
});

/**
 * What a SELECT of Trino's dialect needs to mean the same to DuckDB: docs/logs.md names these functions. A session of DuckDB
 * with them is in UTC and divides whole numbers into whole numbers, as Trino does.
 * https://trino.io/docs/current/functions.html
 */
export const trinoMacros: readonly TrinoMacro[] = [
  macro('json_extract_scalar', ['j, p', ofJson(`json_value(j, p) ->> '$'`)]),
  macro('json_extract', ['j, p', ofJson(own('json_extract(j, p)'))]),
  macro('json_parse', ['j', 'CAST(j AS JSON)']),
  macro('json_format', ['j', 'CAST(j AS VARCHAR)']),
  macro('json_size', [
    'j, p',
    ofJson(
      `CASE json_type(j, p) WHEN 'OBJECT' THEN len(json_keys(j, p)) WHEN 'ARRAY' THEN json_array_length(j, p) ELSE 0 END`,
    ),
  ]),
  macro('regexp_like', ['s, p', 'regexp_matches(s, p)']),
  macro(
    'regexp_extract',
    ['s, p', `CASE WHEN regexp_matches(s, p) THEN ${own('regexp_extract(s, p)')} END`],
    ['s, p, g', `CASE WHEN regexp_matches(s, p) THEN ${own('regexp_extract(s, p, g)')} END`],
  ),
  macro('regexp_count', ['s, p', 'len(regexp_extract_all(s, p))']),
  macro(
    'regexp_replace',
    ['s, p', own(`regexp_replace(s, p, '', 'g')`)],
    ['s, p, r', own(`regexp_replace(s, p, ${own(`regexp_replace(r, '\\$(\\d)', '\\\\\\1', 'g')`)}, 'g')`)],
  ),
  macro(
    'split',
    ['s, d', 'string_split(s, d)'],
    ['s, d, n', 'string_split(s, d)[:n - 1] || [array_to_string(string_split(s, d)[n:], d)]'],
  ),
  macro('concat', ...concatenations),
  macro('codepoint', ['s', 'unicode(s)']),
  macro('to_utf8', ['s', 'encode(s)']),
  macro('from_utf8', ['b', 'decode(b)']),
  macro('from_iso8601_timestamp', [
    's',
    // Trino knows milliseconds here, and cuts off what is finer.
    'make_timestamptz(epoch_ms(CAST(s AS TIMESTAMPTZ)) * 1000)',
  ]),
  macro('from_iso8601_date', ['s', 'CAST(s AS DATE)']),
  macro(
    'to_iso8601',
    ['t DATE', 'CAST(t AS VARCHAR)'],
    ['t TIMESTAMPTZ', `strftime(make_timestamp(epoch_us(t)), '%Y-%m-%dT%H:%M:%S.%gZ')`],
    ['t TIMESTAMP', `strftime(t, '%Y-%m-%dT%H:%M:%S.%g')`],
  ),
  macro('from_unixtime', ['n', 'make_timestamptz(CAST(round(n * 1000) AS BIGINT) * 1000)']),
  macro('to_unixtime', ['t', 'epoch_us(t) / 1000000.0::DOUBLE']),
  // `AT TIME ZONE`.
  macro('timezone', [`z VARCHAR, t TIMESTAMPTZ`, atZone('t')], [`z VARCHAR, t TIMESTAMP`, ofUtc]),
  macro('at_timezone', [`t TIMESTAMPTZ, z VARCHAR`, atZone('t')], [`t TIMESTAMP, z VARCHAR`, ofUtc]),
  macro('date_diff', ['u, a, b', 'date_sub(u, a, b)']),
  macro(
    'date_add',
    ['u, n, t DATE', `CAST(${added} AS DATE)`],
    ['u, n, t TIMESTAMPTZ', added],
    ['u, n, t TIMESTAMP', added],
  ),
  macro('date_format', ['t, f', `strftime(t, ${strftimeFormat})`]),
  macro('day_of_week', ['t', 'isodow(t)']),
  macro('day_of_month', ['t', 'day(t)']),
  macro('day_of_year', ['t', 'dayofyear(t)']),
  macro('approx_percentile', ['x, p', 'approx_quantile(x, p)']),
  macro('approx_distinct', ['x', 'approx_count_distinct(x)'], ['x, e', 'approx_count_distinct(x)']),
  macro('element_at', ['c, k', 'c[k]']),
  // Of a list or a map: which, a macro can't tell.
  macro('cardinality', [
    'c',
    `CASE WHEN c IS NOT NULL THEN CASE json_type(to_json(c)) WHEN 'ARRAY' THEN json_array_length(to_json(c)) ELSE len(json_keys(to_json(c))) END END`,
  ]),
  macro('array_except', ['a, b', 'list_distinct(list_filter(a, lambda x: NOT list_contains(b, x)))']),
  macro('array_join', ['a, d', 'array_to_string(a, d)']),
  macro('array_max', ['a', 'list_max(a)']),
  macro('array_min', ['a', 'list_min(a)']),
  macro('sequence', ['a, b', 'generate_series(a, b)'], ['a, b, s', 'generate_series(a, b, s)']),
];

/** Statements that make the macros that these texts name: a statement costs almost a millisecond. */
export const macroStatements = (texts: readonly string[]): readonly string[] =>
  trinoMacros
    .filter(({ name }) => texts.some((text) => isNamed(name, text)))
    .map(
      ({ name, forms }) =>
        `CREATE MACRO ${name}${forms.map(([parameters, meaning]) => `(${parameters}) AS ${meaning}`).join(', ')}`,
    );

const isNamed = (name: string, text: string): boolean =>
  new RegExp(name === 'timezone' ? 'timezone|time\\s+zone' : name, 'i').test(text);
