export interface YearRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Properties by which Athena works out the days of a table below `location`. The range of years is as small as can be: a query
 * without a predicate lists a folder for every day of it.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export const projectionParameters = (
  location: string,
  { first, last }: YearRange,
): Readonly<Record<string, string>> => ({
  'projection.enabled': 'true',
  'projection.year.type': 'integer',
  'projection.year.range': `${first},${last}`,
  'projection.year.digits': '4',
  'projection.month.type': 'integer',
  'projection.month.range': '1,12',
  'projection.month.digits': '2',
  'projection.day.type': 'integer',
  'projection.day.range': '1,31',
  'projection.day.digits': '2',
  'storage.location.template': `${location}${'year=${year}/month=${month}/day=${day}/'}`,
});
