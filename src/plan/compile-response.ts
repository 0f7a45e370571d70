import type { DocumentPath } from '../document/document-source.ts';
import { isMapping, type Report } from '../document/findings.ts';
import type { RequestDocument } from './document-steps.ts';
import type { Capture, Expectation, TextMatch } from './plan.ts';
import { readTemplate, type Scope } from './plan-variables.ts';

type ExpectDocument = NonNullable<RequestDocument['expect']>;
type MatchDocument = NonNullable<ExpectDocument['body']>;

const compileStatus = (status: NonNullable<ExpectDocument['status']>): readonly number[] => {
  const codes = (Array.isArray(status) ? status : [status]).flatMap((one) => {
    if (typeof one === 'number') return [one];
    const hundreds = Number(one[0]) * 100;
    return /xx$/i.test(one) ? Array.from({ length: 100 }, (_, rest) => hundreds + rest) : [Number(one)];
  });
  return [...new Set(codes)];
};

const compileMatch = (match: MatchDocument, whenText: 'equals' | 'contains'): TextMatch => {
  if (typeof match === 'string') return { how: whenText, text: match };
  if ('matches' in match) return { how: 'matches', regex: match.matches };
  return 'equals' in match
    ? { how: 'equals', text: match.equals }
    : { how: 'contains', text: match.contains };
};

/** Checks all texts within a JSON value as templates. */
const checkTexts = (value: unknown, path: DocumentPath, scope: Scope, report: Report): void => {
  if (typeof value === 'string') readTemplate(value, path, scope, report);
  else if (Array.isArray(value))
    value.forEach((item, index) => void checkTexts(item, [...path, index], scope, report));
  else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value)) checkTexts(item, [...path, key], scope, report);
  }
};

export const compileExpectations = (
  expect: ExpectDocument,
  path: DocumentPath,
  scope: Scope,
  report: Report,
): readonly Expectation[] => {
  const compiled: Expectation[] = [];
  const checked = (match: TextMatch, where: DocumentPath): TextMatch => {
    if (match.how !== 'matches') readTemplate(match.text, where, scope, report);
    return match;
  };
  if (expect.status !== undefined) compiled.push({ on: 'status', oneOf: compileStatus(expect.status) });
  for (const [name, match] of Object.entries(expect.headers ?? {})) {
    const where = [...path, 'headers', name];
    compiled.push({ on: 'header', name, match: checked(compileMatch(match, 'equals'), where) });
  }
  for (const [jsonPath, equals] of Object.entries(expect.json ?? {})) {
    checkTexts(equals, [...path, 'json', jsonPath], scope, report);
    compiled.push({ on: 'json', path: jsonPath, equals });
  }
  if (expect.body !== undefined) {
    compiled.push({ on: 'body', match: checked(compileMatch(expect.body, 'contains'), [...path, 'body']) });
  }
  return compiled;
};

export const compileCaptures = (captures: NonNullable<RequestDocument['capture']>): readonly Capture[] =>
  Object.entries(captures).flatMap(([variable, { json, regex, header }]): Capture[] => {
    if (json !== undefined) return [{ variable, from: 'json', path: json }];
    if (regex !== undefined) return [{ variable, from: 'regex', regex }];
    return header === undefined ? [] : [{ variable, from: 'header', name: header }];
  });
