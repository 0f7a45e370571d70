import type { DocumentPath } from '../document/document-source.ts';
import { isMapping, type Report } from '../document/findings.ts';
import { compileRequest, readableFields, type StepSurroundings } from './compile-request.ts';
import { methodKeys, requestKeys, stepDocument } from './document-steps.ts';
import { parseCondition } from './parse-condition.ts';
import type { Step } from './plan.ts';
import { readTemplate } from './plan-variables.ts';

type RawStep = Readonly<Record<string, unknown>>;

const kindKeys = [...methodKeys, 'think', 'repeat', 'while'] as const;
type KindKey = (typeof kindKeys)[number];
const kindsText = `one of ${kindKeys.join(', ')}`;

const companionsOf = (kind: KindKey): readonly string[] => {
  if (kind === 'think') return [];
  if (kind === 'repeat') return ['steps'];
  return kind === 'while' ? ['steps', 'max'] : requestKeys;
};

/** The one key that says what the step is; reports none, several, and keys that don't go with it. */
const kindOf = (step: RawStep, path: DocumentPath, report: Report): KindKey | undefined => {
  const [kind, ...others] = kindKeys.filter((key) => Object.hasOwn(step, key));
  if (kind === undefined) {
    report({ path, expected: `a step with ${kindsText}` });
    return undefined;
  }
  for (const other of others)
    report({ path: [...path, other], of: 'key', expected: `a step of its own; this one is ${kind}` });
  const companions: readonly string[] = [...kindKeys, ...companionsOf(kind)];
  for (const key of Object.keys(step)) {
    if (companions.includes(key) || !Object.hasOwn(stepDocument.shape, key)) continue;
    report({ path: [...path, key], of: 'key', expected: `a key that goes with ${kind}` });
  }
  return kind;
};

const compileThink = (raw: RawStep): Step | undefined => {
  const range = stepDocument.shape.think.safeParse(raw.think).data;
  return range === undefined ? undefined : { kind: 'think', ...range };
};

const compileRepeat = (raw: RawStep, path: DocumentPath, around: StepSurroundings): Step | undefined => {
  if (!Object.hasOwn(raw, 'steps')) around.report({ path, expected: 'steps to repeat' });
  const steps = compileSteps(raw.steps, [...path, 'steps'], around);
  const times = stepDocument.shape.repeat.safeParse(raw.repeat).data;
  return times === undefined ? undefined : { kind: 'repeat', times, steps };
};

const compileWhile = (raw: RawStep, path: DocumentPath, around: StepSurroundings): Step | undefined => {
  const { scope, report } = around;
  if (!Object.hasOwn(raw, 'steps')) report({ path, expected: 'steps to play while the condition holds' });
  if (!Object.hasOwn(raw, 'max')) report({ path, expected: 'max, the most passes: 1 to 10000' });
  // The condition comes after its steps: it may look at what they capture.
  const steps = compileSteps(raw.steps, [...path, 'steps'], around);
  const text = stepDocument.shape.while.safeParse(raw.while).data;
  const maxTimes = stepDocument.shape.max.safeParse(raw.max).data;
  if (text === undefined) return undefined;
  const where = [...path, 'while'];
  const parts = readTemplate(text, where, scope, report);
  if (parts === undefined) return undefined;
  const { kind, ...condition } = parseCondition(parts);
  if ('expected' in condition) {
    report({ path: where, expected: condition.expected });
    return undefined;
  }
  return maxTimes === undefined ? undefined : { kind: 'while', text, ...condition, maxTimes, steps };
};

const compileStep = (raw: unknown, path: DocumentPath, around: StepSurroundings): Step | undefined => {
  if (!isMapping(raw)) return undefined;
  const kind = kindOf(raw, path, around.report);
  if (kind === 'think') return compileThink(raw);
  if (kind === 'repeat') return compileRepeat(raw, path, around);
  if (kind === 'while') return compileWhile(raw, path, around);
  const step = kind === undefined ? undefined : compileRequest(kind, readableFields(raw), path, around);
  // Also what a step with mistakes captures is known to later steps: one mistake is reported once.
  for (const name of Object.keys(isMapping(raw.capture) ? raw.capture : {})) around.scope.names.add(name);
  return step;
};

/** The steps as far as they can be read; what can't has been reported here or by the schema. */
export const compileSteps = (
  written: unknown,
  path: DocumentPath,
  around: StepSurroundings,
): readonly Step[] =>
  (Array.isArray(written) ? written : [])
    .map((step, index) => compileStep(step, [...path, index], around))
    .filter((step) => step !== undefined);
