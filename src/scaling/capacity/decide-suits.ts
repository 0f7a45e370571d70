import { type Comparison, type Constraint, parseConstraint } from './parse-constraint.ts';

export type Verdict = 'yes' | 'no' | 'unknown';

/** Attributes of an instance that is there, or of one that would be launched. */
export interface AttributesKnown {
  readonly attributes: Readonly<Record<string, string>>;
  /** A registered instance has no others. Of one that isn't there yet, ECS's own attributes are known in part. */
  readonly isRegistered: boolean;
}

const opposite: Readonly<Record<Verdict, Verdict>> = { yes: 'no', no: 'yes', unknown: 'unknown' };
const verdict = (is: boolean): Verdict => (is ? 'yes' : 'no');

const comparisons: Readonly<Record<Comparison, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

const attributeOf = (
  { attributes, isRegistered }: AttributesKnown,
  name: string,
): string | null | undefined => {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  return isRegistered || !/^(ecs|com\.amazonaws)\./.test(name) ? null : undefined;
};

/** Kleene's three-valued logic. The guide doesn't say what `!=` and `not_in` are for an attribute that isn't there: unknown. */
const decide = (constraint: Constraint, known: AttributesKnown): Verdict => {
  if (constraint.kind === 'unknown') return 'unknown';
  if (constraint.kind === 'not') {
    if (constraint.of.kind === 'exists') return opposite[decide(constraint.of, known)];
    const isAbsent = 'attribute' in constraint.of && attributeOf(known, constraint.of.attribute) === null;
    return isAbsent ? 'unknown' : opposite[decide(constraint.of, known)];
  }
  if ('left' in constraint) {
    const decisive: Verdict = constraint.kind === 'and' ? 'no' : 'yes';
    const sides = [decide(constraint.left, known), decide(constraint.right, known)];
    if (sides.includes(decisive)) return decisive;
    return sides.includes('unknown') ? 'unknown' : opposite[decisive];
  }
  const value = attributeOf(known, constraint.attribute);
  if (value === undefined) return 'unknown';
  if (value === null) return 'no';
  if (constraint.kind === 'exists') return 'yes';
  if (constraint.kind === 'oneOf') return verdict(constraint.values.includes(value));
  if (constraint.kind === 'matches') return verdict(constraint.pattern.test(value));
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? verdict(comparisons[constraint.by](number, constraint.value)) : 'unknown';
};

/** Expressions are few and are asked for each instance at each tick. */
const parsed = new Map<string, Constraint | undefined>();
const mostParsed = 1000;

const constraintOf = (expression: string): Constraint | undefined => {
  if (!parsed.has(expression)) {
    if (parsed.size >= mostParsed) parsed.clear();
    parsed.set(expression, parseConstraint(expression));
  }
  return parsed.get(expression);
};

/** Whether an instance satisfies all placement constraints; `unknown` when that can't be told. */
export const decideSuits = (expressions: readonly string[], known: AttributesKnown): Verdict => {
  let all: Verdict = 'yes';
  for (const expression of expressions) {
    const constraint = constraintOf(expression);
    const one = constraint === undefined ? 'unknown' : decide(constraint, known);
    if (one === 'no') return 'no';
    if (one === 'unknown') all = 'unknown';
  }
  return all;
};

/** The first expression that speaks of what isn't known here. */
export const unreadConstraint = (expressions: readonly string[]): string | undefined =>
  expressions.find((expression) => {
    const constraint = constraintOf(expression);
    return constraint === undefined || speaksOfUnknown(constraint);
  });

const speaksOfUnknown = (constraint: Constraint): boolean => {
  if (constraint.kind === 'unknown') return true;
  if (constraint.kind === 'not') return speaksOfUnknown(constraint.of);
  return 'left' in constraint && (speaksOfUnknown(constraint.left) || speaksOfUnknown(constraint.right));
};
