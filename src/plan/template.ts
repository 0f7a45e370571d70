import { generatorNamed, generators } from './generators.ts';

/**
 * A piece of a template. `{{name}}` is a variable, `{{$name arg arg}}` a generator (`name` is without the `$`), and
 * `{{{{` stands for a literal `{{`. A `}}` outside braces is plain text. Spaces inside the braces don't matter.
 */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'generator'; readonly name: string; readonly args: readonly string[] };

/** A template can't be read. `offset` counts UTF-16 units from the start of the template's text. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const variableName = /^[A-Za-z_][A-Za-z0-9_.-]*$/;
/** Quotes and backslashes are left out so that an argument reads the same inside a JSON string. */
const generatorArgument = /^[^\s"\\{}]+$/;

/** True for a name that may stand between braces: a letter or `_`, then letters, digits, `_`, `.` and `-`. */
export const isVariableName = (name: string): boolean => variableName.test(name);

const parseGenerator = (inside: string, offset: number): TemplatePart => {
  const [name = '', ...args] = inside.slice(1).split(/\s+/);
  const generator = generatorNamed(name);
  if (generator === undefined) {
    const known = Object.keys(generators).map((each) => `$${each}`);
    throw new TemplateProblem(`$${name} is not a generator; there are ${known.join(', ')}`, offset);
  }
  const wrong = args.find((arg) => !generatorArgument.test(arg));
  if (wrong !== undefined) {
    throw new TemplateProblem(
      `an argument of ${generator.usage} has no quotes, braces or backslashes`,
      offset,
    );
  }
  const problem = generator.problemWith(args);
  if (problem !== undefined) throw new TemplateProblem(`write {{${generator.usage}}}: ${problem}`, offset);
  return { kind: 'generator', name, args };
};

const parseInside = (inside: string, offset: number): TemplatePart => {
  if (inside === '') throw new TemplateProblem('a variable name is missing between {{ and }}', offset);
  if (inside.startsWith('$')) return parseGenerator(inside, offset);
  if (isVariableName(inside)) return { kind: 'variable', name: inside };
  throw new TemplateProblem(
    `"${inside}" is not a variable name: letters, digits, _ . and -, starting with a letter or _`,
    offset,
  );
};

/**
 * The parts of a template, in order, with no empty text and no two texts in a row.
 * @throws TemplateProblem for an unclosed `{{`, an empty or impossible name, an unknown generator, wrong arguments.
 */
export const parseTemplate = (text: string): readonly TemplatePart[] => {
  const parts: TemplatePart[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const braces = text.indexOf('{{', at);
    if (braces < 0) {
      literal += text.slice(at);
      break;
    }
    literal += text.slice(at, braces);
    if (text.startsWith('{{{{', braces)) {
      literal += '{{';
      at = braces + 4;
      continue;
    }
    // Of three braces the first is text, as in a JSON body that begins {{{key}}: 1}.
    const open = text.startsWith('{{{', braces) ? braces + 1 : braces;
    literal += text.slice(braces, open);
    const close = text.indexOf('}}', open + 2);
    if (close < 0)
      throw new TemplateProblem('this {{ is never closed by }}; a literal {{ is written {{{{', open);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push(parseInside(text.slice(open + 2, close).trim(), open));
    at = close + 2;
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return parts;
};

/** The template that `parseTemplate` reads back as these parts. */
export const formatTemplate = (parts: readonly TemplatePart[]): string =>
  parts
    .map((part) => {
      if (part.kind === 'text') return part.text.replaceAll('{{', '{{{{');
      if (part.kind === 'variable') return `{{${part.name}}}`;
      return `{{$${[part.name, ...part.args].join(' ')}}}`;
    })
    .join('');
