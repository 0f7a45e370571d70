import { InvalidArgumentError } from 'commander';
import { parseBytes } from '../document/bytes-quantity.ts';
import { parseDurationMillis } from '../document/parse-quantity.ts';
import { BadInputError } from '../errors.ts';

/** `2h` is so long ago; `2026-11-21`, `2026-11-21T20:00` and `2026-11-21T20:00:30.5Z` are instants, in UTC unless they say so. */
export type Moment = { readonly agoMillis: number } | { readonly atMillis: number };

const dayMillis = 86_400_000;
const instant = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/;

export const parseMoment = (text: string): Moment => {
  const [, days] = /^(\d{1,5})d$/.exec(text.trim()) ?? [];
  const agoMillis = days === undefined ? parseDurationMillis(text) : Number(days) * dayMillis;
  if (agoMillis !== undefined) return { agoMillis };
  if (instant.test(text)) {
    const iso = text.replace(' ', 'T');
    const atMillis = Date.parse(/T.*(Z|[+-]\d\d:\d\d)$/.test(iso) || !iso.includes('T') ? iso : `${iso}Z`);
    if (!Number.isNaN(atMillis)) return { atMillis };
  }
  throw new InvalidArgumentError(
    'Expected how long ago, such as 2h or 3d, or an instant such as 2026-11-21T20:00Z.',
  );
};

export const momentMillis = (moment: Moment, nowMillis: number): number =>
  Math.max(0, Math.floor('atMillis' in moment ? moment.atMillis : nowMillis - moment.agoMillis));

/** `10GB`. */
export const parseScan = (text: string): number => {
  const bytes = parseBytes(text);
  if (bytes === undefined || bytes < 1)
    throw new InvalidArgumentError('Expected a size such as 500MB or 10GB.');
  return bytes;
};

const name = /^[A-Za-z0-9_-]{1,255}$/;

/** `shop` or `shop/app`. Throws `BadInput`. */
export const parseLogName = (text: string): { readonly family: string; readonly container?: string } => {
  const [family = '', container, ...rest] = text.split('/');
  if (rest.length > 0 || !name.test(family) || (container !== undefined && !name.test(container)))
    throw new BadInputError(
      `${JSON.stringify(text.slice(0, 100))} is not FAMILY or FAMILY/CONTAINER: names have 1 to 255 letters, digits, - and _`,
    );
  return container === undefined ? { family } : { family, container };
};
