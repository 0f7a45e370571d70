import { dayFolders, parseDayText, type UtcDay } from './utc-day.ts';

/** The day of `year=2018/month=11/day=28/`. Undefined for anything else, such as `month=1` or a day that isn't in the calendar. */
export const parseDayFolders = (text: string): UtcDay | undefined => {
  const [, year, month, date] = /^year=(\d{4})\/month=(\d\d)\/day=(\d\d)\/$/.exec(text) ?? [];
  const day = parseDayText(`${year}-${month}-${date}`);
  return day !== undefined && dayFolders(day) === text ? day : undefined;
};

/** The number of a folder such as `year=2018/`: what is listed on the way to a day. Undefined where it isn't padded, or another one. */
export const parsePartFolder = (text: string, part: 'year' | 'month' | 'day'): number | undefined => {
  const [, name, digits = ''] = /^(year|month|day)=(\d+)\/$/.exec(text) ?? [];
  return name === part && digits.length === (part === 'year' ? 4 : 2) ? Number(digits) : undefined;
};
