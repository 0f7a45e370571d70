import { expect } from 'vitest';
import { formatProblems } from '../../../src/document/document-problem.ts';
import {
  type ParsedScalingPolicy,
  parseScalingPolicy,
} from '../../../src/scaling/policy/parse-scaling-policy.ts';
import type { ServicePolicy } from '../../../src/scaling/policy/scaling-policy.ts';

export type AcceptedPolicy = Extract<ParsedScalingPolicy, { kind: 'policy' }>;

export const readPolicy = (text: string): ParsedScalingPolicy =>
  parseScalingPolicy(text, { file: 'policy.yaml' });

/** Fails with the report when the policy is refused. */
export const accepted = (text: string): AcceptedPolicy => {
  const parsed = readPolicy(text);
  if (parsed.kind === 'problems') throw new Error(formatProblems(parsed.problems));
  return parsed;
};

export const head = 'version: 1\ncluster: shop\n';
export const service = (text: string): string => `${head}services:\n  web: ${text}\n`;
export const pools = (text: string): string => `${head}pools:\n${text}\n`;
export const onePool = 'pools: { spot: { spotFleet: sfr-1, maximum: 10 } }\n';
export const capacity = (text: string): string => `${head}${onePool}capacity: ${text}\n`;

export const acceptedService = (text: string): ServicePolicy => {
  const [first] = accepted(service(text)).policy.services;
  if (first === undefined) throw new Error('The policy has no service.');
  return first;
};

/** What it is about, the text, and then the one problem: place, path, and part of what is expected. */
export type BadPolicy = readonly [about: string, text: string, place: string, path: string, expected: string];

/** Fails unless the policy has this one problem and no other. */
export const expectRefused = (...[, text, place, path, expected]: BadPolicy): void => {
  const parsed = readPolicy(text);
  if (parsed.kind === 'policy') throw new Error('It was accepted.');
  const [problem] = parsed.problems;
  expect(parsed.problems).toHaveLength(1);
  expect(`${problem?.line}:${problem?.column}`).toBe(place);
  expect(problem?.path).toBe(path);
  expect(problem?.expected).toContain(expected);
};
