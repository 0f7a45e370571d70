import type { WhileStep } from './plan.ts';
import { formatTemplate, type TemplatePart } from './template.ts';

export type ParsedCondition =
  | ({ readonly kind: 'condition' } & Pick<WhileStep, 'left' | 'comparison' | 'right'>)
  | { readonly kind: 'problem'; readonly expected: string };

const operator = / (==|!=) /;

/** Two apostrophes spell the empty text. */
const sideOf = (parts: readonly TemplatePart[]): string => {
  const side = formatTemplate(parts).trim();
  return side === "''" ? '' : side;
};

/**
 * Splits a condition at its first ` == ` or ` != ` outside braces. A side may be missing: the empty text.
 * @param parts The parts of the template that the whole condition makes.
 */
export const parseCondition = (parts: readonly TemplatePart[]): ParsedCondition => {
  const [first] = parts;
  const last = parts.length - 1;
  const padded = parts.map((part, index): TemplatePart => {
    if (part.kind !== 'text') return part;
    return { kind: 'text', text: `${index === 0 ? ' ' : ''}${part.text}${index === last ? ' ' : ''}` };
  });
  const at = padded.findIndex((part) => part.kind === 'text' && operator.test(part.text));
  const middle = padded[at];
  const found = middle?.kind === 'text' ? operator.exec(middle.text) : null;
  if (first === undefined || middle?.kind !== 'text' || found === null) {
    return { kind: 'problem', expected: 'LEFT == RIGHT or LEFT != RIGHT, such as {{state}} != ready' };
  }
  if (parts.every((part) => part.kind === 'text')) {
    return { kind: 'problem', expected: 'a condition that can change, with a {{variable}} in it' };
  }
  const left = [...padded.slice(0, at), { kind: 'text' as const, text: middle.text.slice(0, found.index) }];
  const after = middle.text.slice(found.index + found[0].length);
  const right = [{ kind: 'text' as const, text: after }, ...padded.slice(at + 1)];
  return {
    kind: 'condition',
    left: sideOf(left),
    comparison: found[1] === '==' ? '==' : '!=',
    right: sideOf(right),
  };
};
