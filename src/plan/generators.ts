import type { Random } from './random.ts';

/** A generator as written in a template: `{{$randomInt 1 6}}`. */
export interface Generator {
  /** How it is written, for messages. */
  readonly usage: string;
  /** One line for documentation. */
  readonly summary: string;
  /** What is wrong with these arguments; undefined when they are fine. */
  problemWith(args: readonly string[]): string | undefined;
  generate(args: readonly string[], random: Random): string;
}

const alphanumerics = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const longestString = 10_000;

const integer = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^-?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
};

const takesNothing = (args: readonly string[]): string | undefined =>
  args.length === 0 ? undefined : 'it takes no arguments';

const hexDigits = (random: Random, count: number): string => {
  let digits = '';
  for (let i = 0; i < count; i++) digits += Math.floor(random() * 16).toString(16);
  return digits;
};

/** Every generator by name, without the `$`. */
export const generators: Readonly<Record<string, Generator>> = {
  uuid: {
    usage: '$uuid',
    summary: 'a UUID shaped as version 4, drawn from the plan seed',
    problemWith: takesNothing,
    generate(_args, random) {
      const variant = '89ab'.charAt(Math.floor(random() * 4));
      const [time, middle, rest] = [hexDigits(random, 8), hexDigits(random, 4), hexDigits(random, 3)];
      return `${time}-${middle}-4${rest}-${variant}${hexDigits(random, 3)}-${hexDigits(random, 12)}`;
    },
  },
  randomInt: {
    usage: '$randomInt min max',
    summary: 'a whole number from min to max, both included',
    problemWith(args) {
      const [min, max] = [integer(args[0]), integer(args[1])];
      if (args.length !== 2 || min === undefined || max === undefined) return 'it takes two whole numbers';
      return min <= max ? undefined : `${min} is greater than ${max}`;
    },
    generate(args, random) {
      const [min, max] = [Number(args[0]), Number(args[1])];
      return String(min + Math.floor(random() * (max - min + 1)));
    },
  },
  randomString: {
    usage: '$randomString length',
    summary: 'letters and digits, as many as asked for',
    problemWith(args) {
      const length = integer(args[0]);
      return args.length === 1 && length !== undefined && length >= 1 && length <= longestString
        ? undefined
        : `it takes one length from 1 to ${longestString}`;
    },
    generate(args, random) {
      let text = '';
      for (let i = Number(args[0]); i > 0; i--) {
        text += alphanumerics.charAt(Math.floor(random() * alphanumerics.length));
      }
      return text;
    },
  },
  randomItem: {
    usage: '$randomItem a b c',
    summary: 'one of the words given, each as likely as the others',
    problemWith: (args) => (args.length > 0 ? undefined : 'it takes at least one word'),
    generate: (args, random) => args[Math.floor(random() * args.length)] ?? '',
  },
  now: {
    usage: '$now',
    summary: 'the current time in milliseconds since 1970',
    problemWith: takesNothing,
    generate: () => String(Date.now()),
  },
  isoTime: {
    usage: '$isoTime',
    summary: 'the current time as 2026-01-31T12:00:00.000Z',
    problemWith: takesNothing,
    generate: () => new Date().toISOString(),
  },
};

export const generatorNamed = (name: string): Generator | undefined =>
  Object.hasOwn(generators, name) ? generators[name] : undefined;

/**
 * A fresh value. Name and arguments come from `parseTemplate`, which has checked them; everything but the clock comes
 * from `random`, so a seeded stream gives the same values again.
 */
export const generateValue = (name: string, args: readonly string[], random: Random): string => {
  const generator = generatorNamed(name);
  if (generator === undefined) throw new RangeError(`no generator is called $${name}`);
  return generator.generate(args, random);
};
