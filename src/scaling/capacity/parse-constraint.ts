/**
 * A `memberOf` expression of ECS's cluster query language, as far as it speaks of attributes.
 * Source: Amazon ECS Developer Guide, "Create expressions to define container instances for Amazon ECS tasks".
 */
export type Constraint =
  | { readonly kind: 'and' | 'or'; readonly left: Constraint; readonly right: Constraint }
  | { readonly kind: 'not'; readonly of: Constraint }
  | { readonly kind: 'exists'; readonly attribute: string }
  | { readonly kind: 'oneOf'; readonly attribute: string; readonly values: readonly string[] }
  | { readonly kind: 'matches'; readonly attribute: string; readonly pattern: RegExp }
  | { readonly kind: 'compares'; readonly attribute: string; readonly by: Comparison; readonly value: number }
  /** What is asked here can't be known: another subject (`task:group`, `agentVersion`), or an argument of another form. */
  | { readonly kind: 'unknown' };

export type Comparison = '>' | '>=' | '<' | '<=';

const token = /\s*(&&|\|\||==|!=|=~|!~|>=|<=|[><()[\],!]|'[^']*'|"[^"]*"|[^\s()[\],=!<>&|'"~]+)/y;

const tokensOf = (text: string): readonly string[] | undefined => {
  const tokens: string[] = [];
  const trimmed = text.trim();
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const found = token.exec(trimmed)?.[1];
    if (found === undefined) return undefined;
    tokens.push(found);
  }
  return tokens;
};

const operators: Readonly<Record<string, string>> = {
  equals: '==',
  not_equals: '!=',
  greater_than: '>',
  greater_than_equal: '>=',
  less_than: '<',
  less_than_equal: '<=',
  matches: '=~',
  not_matches: '!~',
  and: '&&',
  or: '||',
  not: '!',
};

const unquoted = (text: string): string => (/^(['"]).*\1$/.test(text) ? text.slice(1, -1) : text);

/** Without groups, a pattern can't take more than polynomial time; those of instance types have none. */
const simplePattern = /^[\w.*+?\\-]+$/;

const unknown: Constraint = { kind: 'unknown' };
const not = (of: Constraint): Constraint => ({ kind: 'not', of });

const comparisonOf = (operator: string): Comparison | undefined =>
  operator === '>' || operator === '>=' || operator === '<' || operator === '<=' ? operator : undefined;

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Constraint | undefined {
    let left = this.#both();
    while (left !== undefined && this.#take('||')) {
      const right = this.#both();
      left = right === undefined ? undefined : { kind: 'or', left, right };
    }
    return left;
  }

  #both(): Constraint | undefined {
    let left = this.#single();
    while (left !== undefined && this.#take('&&')) {
      const right = this.#single();
      left = right === undefined ? undefined : { kind: 'and', left, right };
    }
    return left;
  }

  #single(): Constraint | undefined {
    if (this.#take('!')) {
      const of = this.#single();
      return of === undefined ? undefined : not(of);
    }
    if (!this.#take('(')) return this.#statement();
    const inner = this.either();
    return this.#take(')') ? inner : undefined;
  }

  #statement(): Constraint | undefined {
    const subject = this.#next();
    if (subject === undefined || !/^[a-z]/i.test(subject)) return undefined;
    const attribute = /^attribute:(.+)$/.exec(subject)?.[1];
    const about = (constraint: Constraint): Constraint => (attribute === undefined ? unknown : constraint);
    const name = attribute ?? '';
    const isNegated = this.#take('!');
    const word = this.#next();
    if (word === undefined) return undefined;
    const signed = (constraint: Constraint): Constraint => (isNegated ? not(constraint) : constraint);
    if (word === 'exists') return about(signed({ kind: 'exists', attribute: name }));
    if (word === 'not_exists' && !isNegated) return about(not({ kind: 'exists', attribute: name }));
    if (word === 'in' || (word === 'not_in' && !isNegated)) {
      const values = this.#list();
      if (values === undefined) return undefined;
      const oneOf: Constraint = { kind: 'oneOf', attribute: name, values };
      return about(word === 'not_in' ? not(oneOf) : signed(oneOf));
    }
    const argument = isNegated ? undefined : this.#argument();
    return argument === undefined
      ? undefined
      : about(this.#compared(name, operators[word] ?? word, argument));
  }

  #compared(attribute: string, operator: string, argument: string): Constraint {
    const by = comparisonOf(operator);
    if (by !== undefined) {
      const value = argument === '' ? Number.NaN : Number(argument);
      return Number.isFinite(value) ? { kind: 'compares', attribute, by, value } : unknown;
    }
    const oneOf: Constraint = { kind: 'oneOf', attribute, values: [argument] };
    if (operator === '==') return oneOf;
    if (operator === '!=') return not(oneOf);
    if (operator !== '=~' && operator !== '!~') return unknown;
    if (!simplePattern.test(argument)) return unknown;
    try {
      const matches: Constraint = { kind: 'matches', attribute, pattern: new RegExp(`^(?:${argument})$`) };
      return operator === '=~' ? matches : not(matches);
    } catch {
      return unknown;
    }
  }

  #list(): readonly string[] | undefined {
    const values: string[] = [];
    if (!this.#take('[')) return undefined;
    do {
      const value = this.#argument();
      if (value === undefined) return undefined;
      values.push(value);
    } while (this.#take(','));
    return this.#take(']') ? values : undefined;
  }

  #argument(): string | undefined {
    const word = this.#next();
    return word === undefined || /^[^\w'"./:*+-]/.test(word) ? undefined : unquoted(word);
  }

  #next(): string | undefined {
    return this.#tokens[this.#at++];
  }

  #take(wanted: string): boolean {
    const next = this.#tokens[this.#at];
    if (next !== wanted && operators[next ?? ''] !== wanted) return false;
    this.#at++;
    return true;
  }
}

/** Undefined when it can't be read as a whole. Pure. */
export const parseConstraint = (expression: string): Constraint | undefined => {
  const tokens = tokensOf(expression);
  if (tokens === undefined) return undefined;
  const reader = new Reader(tokens);
  const constraint = reader.either();
  return constraint !== undefined && reader.isAtEnd() ? constraint : undefined;
};
