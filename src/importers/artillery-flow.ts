import type { DocumentPath } from '../document/document-source.ts';
import { carryRequest } from './artillery-request.ts';
import { type ArtilleryScript, isMapping, leaveOtherKeys, type Mapping } from './artillery-script.ts';
import type { ArtilleryScope } from './artillery-template.ts';
import { listOf, parseArtilleryDuration, writeDuration } from './artillery-values.ts';
import { carryMethod } from './carry-method.ts';

type WrittenStep = Readonly<Record<string, unknown>>;

interface Flow {
  readonly path: DocumentPath;
  readonly scope: ArtilleryScope;
  readonly script: ArtilleryScript;
}

const longestPauseSeconds = 3600;
const mostTimes = 10_000;

const carryThink = (written: unknown, { path, script }: Flow): readonly WrittenStep[] => {
  const seconds = parseArtilleryDuration(written);
  if (seconds === undefined || seconds > longestPauseSeconds) {
    script.leave(`think: ${String(written)}: a pause is a fixed time or a range of up to an hour`, path);
    return [];
  }
  return seconds === 0 ? [] : [{ think: writeDuration(seconds) }];
};

const carryLoop = (step: Mapping, flow: Flow): readonly WrittenStep[] => {
  const { path, script } = flow;
  const steps = carryFlow(step.loop, { ...flow, path: [...path, 'loop'] });
  const { count } = step;
  leaveOtherKeys(step, ['loop', 'count'], path, script, (key) =>
    key === 'over' || key === 'whileTrue' ? 'a loop has a count; look at while in docs/plan.md' : undefined,
  );
  if (steps.length === 0) return [];
  const times = Number(count);
  if (Number.isInteger(times) && times >= 1 && times <= mostTimes) return [{ repeat: times, steps }];
  const how = count === undefined ? 'a loop without a count' : `a loop with count: ${String(count)}`;
  script.leave(`${how}: its steps are played once`, path);
  return steps;
};

/** One item of a flow, which may become several steps or none. */
const carryStep = (written: unknown, flow: Flow): readonly WrittenStep[] => {
  const { path, script } = flow;
  if (!isMapping(written)) {
    script.leave(`a step that is no mapping: ${JSON.stringify(written)}`, path);
    return [];
  }
  if (written.loop !== undefined) return carryLoop(written, flow);
  if (written.parallel !== undefined) {
    script.leave('parallel: its requests are sent one after the other', path);
    return carryFlow(written.parallel, { ...flow, path: [...path, 'parallel'] });
  }
  return Object.entries(written).flatMap(([key, value]): readonly WrittenStep[] => {
    const at = [...path, key];
    const method = carryMethod(key);
    if (key === 'think') return carryThink(value, { ...flow, path: at });
    if (method !== undefined) {
      const step = carryRequest(method, value, { ...flow, path: at });
      return step === undefined ? [] : [step];
    }
    const port = key === 'function' ? ': it has to be ported to a hook (docs/hooks.md)' : '';
    script.leave(`${key}: ${JSON.stringify(value)}${port}`, at);
    return [];
  });
};

/** The steps of a flow, of a loop or of a parallel. */
export const carryFlow = (written: unknown, flow: Flow): readonly WrittenStep[] =>
  listOf(written).flatMap((step, index) => carryStep(step, { ...flow, path: [...flow.path, index] }));
