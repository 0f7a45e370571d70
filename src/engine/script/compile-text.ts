import { generateValue } from '../../plan/generators.ts';
import { parseTemplate } from '../../plan/template.ts';
import type { ArrivalScope } from './arrival-scope.ts';

/** A request can't be made of its template: a variable without a value, a value that can't stand where it would. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** How a value is written where it stands. Throws `BadRequest` when it can't be. */
export type Encode = (value: string) => string;

interface Hole {
  readonly label: string;
  readonly encode: Encode;
  value(scope: ArrivalScope): string | undefined;
}

/** A text with holes that each arrival fills. Neighbouring literal pieces are one string. */
export type CompiledText = readonly (string | Hole)[];

export const asIs: Encode = (value) => value;

/** Compiles a template; variables among `constants` are filled in now. `encodeText` is applied to its literal text. */
export const compileText = (
  template: string,
  constants: ReadonlyMap<string, string>,
  encode: Encode = asIs,
  encodeText: Encode = asIs,
): CompiledText =>
  joinTexts(
    parseTemplate(template).map((part): CompiledText => {
      if (part.kind === 'text') return [encodeOnce(part.text, encodeText)];
      if (part.kind === 'generator') {
        const { name, args } = part;
        return [{ label: `$${name}`, encode, value: (scope) => generateValue(name, args, scope.random) }];
      }
      const { name } = part;
      const constant = constants.get(name);
      if (constant === undefined) return [{ label: name, encode, value: (scope) => scope.valueOf(name) }];
      return [encodeOnce(constant, encode)];
    }),
  );

/** What can't be encoded fails the requests it stands in, not the compilation. */
const encodeOnce = (value: string, encode: Encode): string | Hole => {
  try {
    return encode(value);
  } catch {
    return { label: value, encode, value: () => value };
  }
};

/** One text after the other. */
export const joinTexts = (texts: readonly CompiledText[]): CompiledText => {
  const joined: (string | Hole)[] = [];
  for (const piece of texts.flat()) {
    const last = joined.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') joined[joined.length - 1] = last + piece;
    else if (piece !== '') joined.push(piece);
  }
  return joined;
};

/** The text itself when it has no holes. */
export const constantText = (text: CompiledText): string | undefined => {
  const [only = ''] = text;
  return text.length <= 1 && typeof only === 'string' ? only : undefined;
};

/** @throws BadRequest */
export const renderText = (text: CompiledText, scope: ArrivalScope): string => {
  let rendered = '';
  for (const piece of text) {
    if (typeof piece === 'string') rendered += piece;
    else {
      const value = piece.value(scope);
      if (value === undefined) throw new BadRequest(`no value for {{${piece.label}}}`);
      rendered += piece.encode(value);
    }
  }
  return rendered;
};
