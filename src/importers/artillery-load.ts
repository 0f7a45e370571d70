import type { ArtilleryScript, Mapping } from './artillery-script.ts';
import { isMapping, leaveOtherKeys } from './artillery-script.ts';
import { carryText, emptyScope } from './artillery-template.ts';
import { parseArtilleryDuration, writeDuration } from './artillery-values.ts';
import { modestLoad, modestLoadNote } from './imported.ts';

interface ArtilleryLoad {
  readonly stages: readonly Mapping[];
  /** What each stage is called, for a comment. */
  readonly names: readonly (string | undefined)[];
  readonly maxInFlight?: number;
}

const phaseKeys = ['duration', 'arrivalRate', 'rampTo', 'arrivalCount', 'pause', 'maxVusers', 'name'];
const longestPhaseSeconds = 7 * 24 * 3600;

const isExpression = (value: unknown): value is string => typeof value === 'string' && value.includes('{{');

/** How a duration stands in a plan. One of the environment is a variable, in seconds. */
const durationOf = (
  written: unknown,
  path: readonly (string | number)[],
  script: ArtilleryScript,
): string | undefined => {
  if (isExpression(written)) {
    const template = carryText(written, path, emptyScope(), script, () => '60');
    const name = /^\{\{([^{}]+)\}\}$/.exec(template)?.[1];
    return typeof script.variables.get(name ?? '') === 'number' ? `${template}s` : template;
  }
  const seconds = parseArtilleryDuration(written);
  return seconds === undefined || seconds < 0.001 || seconds > longestPhaseSeconds
    ? undefined
    : writeDuration(seconds);
};

const rateOf = (
  written: unknown,
  path: readonly (string | number)[],
  script: ArtilleryScript,
): string | undefined => {
  if (isExpression(written)) return carryText(written, path, emptyScope(), script, () => '1');
  const text = String(written ?? '').trim();
  return /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1e6 ? String(Number(text)) : undefined;
};

/** A number where it is one, so that it needs no quotes. */
const plain = (text: string): string | number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) : text);

const readPhase = (phase: Mapping, path: readonly (string | number)[], script: ArtilleryScript) => {
  leaveOtherKeys(phase, phaseKeys, path, script);
  const isPause = phase.pause !== undefined;
  const written = isPause ? phase.pause : phase.duration;
  const duration = durationOf(written, path, script);
  if (duration === undefined) {
    script.leave(`${path.join('.')}: a phase without a duration that a stage can have`, path);
    return undefined;
  }
  if (isPause) return { for: duration, rate: 0 };
  if (phase.arrivalCount !== undefined) {
    const [count, seconds] = [Number(phase.arrivalCount), parseArtilleryDuration(written)];
    // Rounded up, so that the last of the arrivals isn't lost to a fraction.
    if (seconds !== undefined && count >= 0)
      return { for: duration, rate: Math.ceil((count / seconds) * 1e6) / 1e6 };
    script.leave(`${path.join('.')}: an arrivalCount that isn't a number`, [...path, 'arrivalCount']);
    return undefined;
  }
  const from = rateOf(phase.arrivalRate ?? (phase.rampTo === undefined ? undefined : 0), path, script);
  const to = phase.rampTo === undefined ? from : rateOf(phase.rampTo, path, script);
  if (from === undefined || to === undefined) {
    script.leave(`${path.join('.')}: a phase without a rate that a stage can have`, path);
    return undefined;
  }
  return { for: duration, rate: from === to ? plain(from) : `${from} to ${to}` };
};

const maxVusersOf = (
  phases: readonly Mapping[],
  script: ArtilleryScript,
): { readonly maxInFlight?: number } => {
  const limits = phases.map((phase) => phase.maxVusers).filter((limit) => limit !== undefined);
  const [first] = limits;
  if (first === undefined) return {};
  const isOne = limits.length === phases.length && limits.every((limit) => limit === first);
  if (isOne && typeof first === 'number' && Number.isInteger(first) && first >= 1)
    return { maxInFlight: first };
  script.leave('maxVusers of single phases: a plan has one limit, workers.maxInFlight', ['config', 'phases']);
  return {};
};

/** The stages of `config.phases`. */
export const carryLoad = (script: ArtilleryScript): ArtilleryLoad => {
  const { phases } = script.config;
  const written = (Array.isArray(phases) ? phases : []).filter(isMapping);
  const read = written.flatMap((phase, index) => {
    const stage = readPhase(phase, ['config', 'phases', index], script);
    const name = typeof phase.name === 'string' ? phase.name : undefined;
    return stage === undefined ? [] : [{ stage, name }];
  });
  if (!read.some(({ stage }) => stage.rate !== 0)) {
    script.note(modestLoadNote);
    return { stages: modestLoad, names: [] };
  }
  return {
    stages: read.map(({ stage }) => stage),
    names: read.map(({ name }) => name),
    ...maxVusersOf(written, script),
  };
};
