import { expect } from 'vitest';
import { readPlan } from './read-plan.ts';

export const head = 'version: 1\ntarget: http://127.0.0.1:8080\n';
export const load = 'load: [{ for: 10s, rate: 50 }]\n';
export const one = 'scenarios: [{ name: a, steps: [{ get: /x }] }]\n';
export const steps = (text: string): string => `${head}${load}scenarios:\n- name: a\n  steps:\n  - ${text}\n`;
export const data = (text: string): string =>
  `${head}${load}scenarios:\n- name: a\n  data: ${text}\n  steps: [{ get: /x }]\n`;
export const stages = (text: string): string => `${head}load:\n${text}\n${one}`;
export const target = (text: string): string => `version: 1\ntarget: ${text}\n${load}${one}`;
export const threshold = (text: string): string => `${head}${load}${one}thresholds:\n- ${text}\n`;

/** What it is about, the text, and then the one problem: place, path, and part of what is expected. */
export type BadPlan = readonly [about: string, text: string, place: string, path: string, expected: string];

/** Fails unless the plan has this one problem and no other. */
export const expectRefused = (...[, text, place, path, expected]: BadPlan): void => {
  const parsed = readPlan(text);
  if (parsed.kind === 'plan') throw new Error('It was accepted.');
  const [problem] = parsed.problems;
  expect(parsed.problems).toHaveLength(1);
  expect(`${problem?.line}:${problem?.column}`).toBe(place);
  expect(problem?.path).toBe(path);
  expect(problem?.expected).toContain(expected);
  expect(problem?.code).toBe('invalid');
};
