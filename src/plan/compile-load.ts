import { isMapping, type Report } from '../document/findings.ts';
import { cumulativeAt, peakValue, shapeSeconds } from './load-shape.ts';
import type { Load, Stage } from './plan.ts';
import { planDocument, stageDocument } from './plan-document.ts';

const longestSeconds = 7 * 24 * 3600;
const mostArrivals = 1e9;

type Model = Load['model'];

const modelOf = (stage: Readonly<Record<string, unknown>>): Model | undefined => {
  const [open, closed] = [Object.hasOwn(stage, 'rate'), Object.hasOwn(stage, 'users')];
  if (open === closed) return undefined;
  return open ? 'open' : 'closed';
};

/** Reports stages with neither or both of rate and users, and those of another model than the first. */
const checkModels = (stages: readonly unknown[], report: Report): Model | undefined => {
  let first: Model | undefined;
  for (const [index, stage] of stages.entries()) {
    if (!isMapping(stage)) continue;
    const model = modelOf(stage);
    const path = ['load', index];
    if (model === undefined) report({ path, expected: 'a stage with either rate or users' });
    else if (first === undefined) first = model;
    else if (model !== first) {
      const key = model === 'open' ? 'rate' : 'users';
      const expected = `${key === 'rate' ? 'users' : 'rate'}, as in the stages before: all have a rate, or all have users`;
      report({ path: [...path, key], of: 'key', expected });
    }
  }
  return first;
};

const compileStages = (written: readonly unknown[]): readonly Stage[] | undefined => {
  const stages: Stage[] = [];
  for (const stage of written) {
    const parsed = stageDocument.safeParse(stage).data;
    const ramp = parsed?.rate ?? parsed?.users;
    if (parsed === undefined || ramp === undefined) return undefined;
    stages.push({ seconds: parsed.for, ...ramp });
  }
  return stages;
};

/**
 * The load of a plan document whose stages may still be wrong; undefined when something was reported.
 * @param settings The plan document, for the settings that go with a rate.
 */
export const compileLoad = (
  written: unknown,
  settings: Readonly<Record<string, unknown>>,
  report: Report,
): Load | undefined => {
  if (!Array.isArray(written)) return undefined;
  const model = checkModels(written, report);
  for (const key of ['arrivals', 'precise']) {
    if (model === 'closed' && Object.hasOwn(settings, key))
      report({ path: [key], of: 'key', expected: `${key} only with stages that have a rate` });
  }
  const stages = compileStages(written);
  if (model === undefined || stages === undefined || stages.length === 0) return undefined;
  const path = ['load'];
  const seconds = shapeSeconds(stages);
  if (seconds > longestSeconds) report({ path, expected: 'stages of at most 7 days together' });
  if (peakValue(stages) === 0) {
    report({ path, expected: `a stage with a ${model === 'open' ? 'rate' : 'number of users'} above 0` });
  }
  if (model === 'closed') return { model, stages };
  if (cumulativeAt(stages, seconds) > mostArrivals) {
    report({
      path,
      expected: `at most ${mostArrivals} arrivals in all, not ${Math.round(cumulativeAt(stages, seconds))}`,
    });
  }
  const arrivals = planDocument.shape.arrivals.safeParse(settings.arrivals).data ?? 'even';
  return { model, arrivals, stages };
};
