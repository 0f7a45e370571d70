import type { FileReference, Plan, Step } from './plan.ts';

const filesOfStep = (step: Step): readonly FileReference[] => {
  if (step.kind === 'think') return [];
  if (step.kind !== 'request') return step.steps.flatMap(filesOfStep);
  if (step.body?.format === 'file') return [step.body.file];
  if (step.body?.format !== 'multipart') return [];
  return step.body.parts.flatMap((part) => (part.kind === 'file' ? [part.file] : []));
};

/** Every reference to a file in the plan, data files apart. */
export const fileReferences = (plan: Plan): readonly FileReference[] => {
  const { ca, cert, key } = plan.tls;
  const files = [ca, cert, key, plan.hooks].filter((file) => file !== undefined);
  return [...files, ...plan.scenarios.flatMap((scenario) => scenario.steps.flatMap(filesOfStep))];
};

/** Every file the plan refers to, data files apart; each content once, whatever it is named. */
export const planFiles = (plan: Plan): readonly FileReference[] => [
  ...new Map(fileReferences(plan).map((file) => [file.upload, file])).values(),
];
