import { forEachChild, type HereDoc, parse, type SyntaxNode, type WordPart } from 'unbash';
import { formatTemplate, isVariableName, type TemplatePart } from '../plan/template.ts';

/** A variable of the shell that a command uses. */
export interface ShellVariable {
  readonly name: string;
  /** As written: `$TOKEN`. */
  readonly written: string;
  /** From `TOKEN=value` or `${TOKEN:-value}`. */
  readonly value?: string;
}

/** A call of curl: its arguments as templates, in which the variables of the shell are variables of the plan. */
export interface CurlCall {
  readonly line: number;
  readonly words: readonly string[];
  /** What a here-document gives it to read. */
  readonly input?: string;
}

export interface CurlScript {
  readonly calls: readonly CurlCall[];
  readonly variables: readonly ShellVariable[];
  /** Commands that are not curl. */
  readonly others: readonly { readonly line: number; readonly text: string }[];
  /** Why the text can't be read as a script of the shell. */
  readonly problem?: { readonly line: number; readonly reason: string };
}

/**
 * A command copied for the Windows command prompt, as one for a POSIX shell: `^` quotes the next character there, and
 * one before a line break joins the lines.
 */
const fromCommandPrompt = (text: string): string =>
  /\^"|\^\r?\n/.test(text)
    ? text
        .replace(/\^\r?\n\r?\n/g, '\n')
        .replace(/\^\r?\n[ \t]*/g, ' ')
        .replace(/\^(.)/g, '$1')
        .replace(/[$`]/g, '\\$&')
    : text;

type Part = Extract<TemplatePart, { readonly kind: 'text' | 'variable' }>;

const textPart = (text: string): Part => ({ kind: 'text', text });

const readParts = (parts: readonly WordPart[], found: (variable: ShellVariable) => string): readonly Part[] =>
  parts.flatMap((part): readonly Part[] => {
    switch (part.type) {
      case 'DoubleQuoted':
      case 'LocaleString':
        return readParts(part.parts, found);
      case 'SimpleExpansion':
        return [{ kind: 'variable', name: found({ name: part.text.slice(1), written: part.text }) }];
      case 'ParameterExpansion': {
        const { operation, parameter: name, text: written } = part;
        const value = operation?.type === 'Default' ? { value: operation.operand.value } : {};
        return [{ kind: 'variable', name: found({ name, written, ...value }) }];
      }
      case 'CommandExpansion':
      case 'ArithmeticExpansion':
        return [{ kind: 'variable', name: found({ name: 'output', written: part.text }) }];
      default:
        return [textPart('value' in part && typeof part.value === 'string' ? part.value : part.text)];
    }
  });

/** Neighbouring texts as one, so that a brace at the end of one and at the start of the next are seen together. */
const templateOf = (parts: readonly Part[]): string => {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.kind === 'text' && last?.kind === 'text')
      joined[joined.length - 1] = textPart(last.text + part.text);
    else joined.push(part);
  }
  return formatTemplate(joined);
};

/** Names the variables of a script; the same expansion gets the same name, and no two others do. */
const variableNames = () => {
  const byText = new Map<string, ShellVariable>();
  return {
    all: (): readonly ShellVariable[] => [...byText.values()],
    find(variable: ShellVariable): string {
      const known = byText.get(variable.written);
      if (known !== undefined) return known.name;
      const cleaned = variable.name.replace(/[^A-Za-z0-9_]/g, '_');
      const base = isVariableName(cleaned) ? cleaned : `arg_${cleaned}`;
      const isShell = base !== 'output';
      const names = new Set([...byText.values()].map(({ name }) => name));
      let name = base;
      // ${TOKEN} is $TOKEN; the outputs of two commands are two things.
      for (let count = 2; !isShell && names.has(name); count++) name = `${base}_${count}`;
      byText.set(variable.written, { ...variable, name });
      return name;
    },
  };
};

const isCurl = (name: string): boolean => /(^|[/\\])curl(\.exe)?$/.test(name);

/** The calls of curl in a text of the shell, in order. Never throws for what is written there. */
export const readCurlScript = (written: string): CurlScript => {
  const text = fromCommandPrompt(written.replace(/^\ufeff/, ''));
  const lineOf = (at: number): number => text.slice(0, at).split('\n').length;
  const names = variableNames();
  const calls: CurlCall[] = [];
  const others: { readonly line: number; readonly text: string }[] = [];
  const wordOf = (word: {
    readonly value: string;
    readonly parts?: readonly WordPart[] | undefined;
  }): string =>
    templateOf(word.parts === undefined ? [textPart(word.value)] : readParts(word.parts, names.find));
  const inputOf = ({ body }: HereDoc): { readonly input?: string } =>
    body === undefined ? {} : { input: formatTemplate([textPart(body.text)]) };

  const assigned = new Map<string, string>();
  const look = (node: SyntaxNode): void => {
    if (node.type === 'Assignment' && node.value.type === 'Word') assigned.set(node.name, node.value.value);
    if (node.type !== 'Command') {
      forEachChild(node, look);
      return;
    }
    const line = lineOf(node.pos);
    for (const item of [...node.prefix, ...node.suffix]) if (item.type === 'Assignment') look(item);
    if (node.name === undefined || node.name.value === 'export') return;
    if (!isCurl(node.name.value)) {
      others.push({ line, text: text.slice(node.pos, node.end) });
      return;
    }
    const hereDocument = node.suffix.find((item) => item.type === 'HereDoc');
    calls.push({
      line,
      words: node.suffix.filter((item) => item.type === 'Word').map(wordOf),
      ...(hereDocument === undefined ? {} : inputOf(hereDocument)),
    });
  };
  const script = parse(text);
  look(script);
  const [error] = script.errors ?? [];
  return {
    calls,
    variables: names.all().map((variable) => {
      const value = assigned.get(variable.name);
      return value === undefined ? variable : { ...variable, value };
    }),
    others,
    ...(error === undefined ? {} : { problem: { line: lineOf(error.pos), reason: error.message } }),
  };
};
