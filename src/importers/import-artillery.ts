import { readDocumentSource } from '../document/document-source.ts';
import { formatTemplate, isVariableName } from '../plan/template.ts';
import { type ArtilleryData, carryPayloads, chooseData } from './artillery-data.ts';
import { carryFlow } from './artillery-flow.ts';
import { carryLoad } from './artillery-load.ts';
import {
  type ArtilleryScript,
  isMapping,
  leaveOtherKeys,
  type Mapping,
  openScript,
} from './artillery-script.ts';
import { carrySettings } from './artillery-settings.ts';
import type { ArtilleryScope } from './artillery-template.ts';
import { carryThresholds } from './artillery-thresholds.ts';
import { type Imported, importLog, refuse } from './imported.ts';

export interface ArtilleryOptions {
  /** What the plan is called. */
  readonly name: string;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) && !String(value).includes('{{');

const isWord = (value: unknown): boolean => isPlain(value) && /^[^\s"\\{}]+$/.test(String(value));

/** `config.variables`: those with one value are the plan's, those with several a choice at each use. */
const readVariables = (script: Omit<ArtilleryScript, 'choices'>): ArtilleryScript => {
  const choices = new Map<string, string>();
  const { variables } = script.config;
  for (const [name, value] of Object.entries(isMapping(variables) ? variables : {})) {
    const path = ['config', 'variables', name];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!isVariableName(name)) script.leave(`the variable ${name}: no name that a plan can have`, path);
    else if (values.length === 1 && isPlain(values[0])) script.variables.set(name, values[0]);
    else if (values.length > 1 && values.every(isWord)) {
      choices.set(
        name,
        formatTemplate([{ kind: 'generator', name: 'randomItem', args: values.map(String) }]),
      );
      script.note(`{{ ${name} }} is one of its values anew at each use`);
    } else script.leave(`the variable ${name}: its value is no text, number or true/false`, path);
  }
  return { ...script, choices };
};

const scopeOf = (data: ArtilleryData | undefined): ArtilleryScope => ({
  names: new Set(data?.fields ?? []),
  mayKnowMore: data !== undefined && data.fields === undefined,
});

const largestWeight = 10_000;

const weightOf = (weight: unknown, path: readonly (string | number)[], script: ArtilleryScript): number => {
  const whole = Math.round(Number(weight ?? 1));
  if (whole === Number(weight ?? 1) && whole >= 1 && whole <= largestWeight) return whole;
  script.leave(`weight: ${String(weight)}: a weight is a whole number from 1`, [...path, 'weight']);
  return Math.min(largestWeight, Math.max(1, whole || 1));
};

const hasRequest = (steps: readonly Mapping[]): boolean =>
  steps.some((step) => (Array.isArray(step.steps) ? hasRequest(step.steps) : !Object.hasOwn(step, 'think')));

const readScenario = (
  scenario: Mapping,
  index: number,
  payloads: readonly ArtilleryData[],
  script: ArtilleryScript,
): Mapping | undefined => {
  const path = ['scenarios', index];
  const { engine } = scenario;
  const name =
    typeof scenario.name === 'string' && scenario.name.trim() !== '' ? scenario.name.trim() : undefined;
  const called = name ?? `scenario ${index + 1}`;
  if (engine !== undefined && engine !== 'http') {
    script.leave(`the scenario ${called}: it is for the engine ${String(engine)}`, path);
    return undefined;
  }
  leaveOtherKeys(scenario, ['name', 'weight', 'flow', 'engine'], path, script, (key) =>
    /^(before|after)(Scenario|Request|Response)$/.test(key)
      ? 'a function has to be ported to a hook (docs/hooks.md)'
      : undefined,
  );
  const data = chooseData(scenario, payloads, (what) => script.leave(what, path));
  const steps = carryFlow(scenario.flow, { path: [...path, 'flow'], scope: scopeOf(data), script });
  if (!hasRequest(steps)) {
    script.leave(`the scenario ${called}: it sends no request that a plan can send`, path);
    return undefined;
  }
  return {
    name: called,
    weight: weightOf(scenario.weight, path, script),
    ...(data === undefined ? {} : { data: { file: data.file, use: data.use } }),
    steps,
  };
};

const withNamesOfTheirOwn = (scenarios: readonly Mapping[]): readonly Mapping[] => {
  const taken = new Set<unknown>();
  return scenarios.map((scenario) => {
    let { name } = scenario;
    for (let count = 2; taken.has(name); count++) name = `${String(scenario.name)} ${count}`;
    taken.add(name);
    return { ...scenario, name };
  });
};

/** Makes a plan of an Artillery script in YAML or JSON. */
export const importArtillery = (text: string, { name }: ArtilleryOptions): Imported => {
  const source = readDocumentSource(text.replace(/^\ufeff/, ''));
  const [problem] = source.problems;
  if (problem !== undefined)
    return { kind: 'problem', reason: `expected ${problem.expected}`, line: problem.line };
  const { data } = source;
  if (!isMapping(data) || !Array.isArray(data.scenarios) || data.scenarios.length === 0)
    return {
      kind: 'problem',
      reason: 'not an Artillery script: a mapping with config and a list of scenarios',
    };
  const log = importLog();
  const script = readVariables(openScript(data, source, log));
  leaveOtherKeys(data, ['config', 'scenarios'], [], script, (key) =>
    key === 'before' || key === 'after' ? 'a plan plays nothing once before or after the load' : undefined,
  );
  const { target, ...settings } = carrySettings(script);
  const { stages, names, maxInFlight } = carryLoad(script);
  const payloads = carryPayloads(script);
  const thresholds = carryThresholds(script);
  const scenarios = (data.scenarios as readonly unknown[]).flatMap((written, index): readonly Mapping[] => {
    const scenario = isMapping(written) ? readScenario(written, index, payloads, script) : undefined;
    return scenario === undefined ? [] : [scenario];
  });
  if (scenarios.length === 0) return refuse('none of its scenarios is one of HTTP with a request in it', log);
  log.note('a status of 400 or above fails a step, also where the script expects nothing');
  return {
    kind: 'imported',
    leftovers: log.leftovers,
    notes: log.notes,
    stageNames: names,
    plan: {
      version: 1,
      name: typeof script.config.name === 'string' ? script.config.name : name,
      target,
      load: stages,
      ...(maxInFlight === undefined ? {} : { workers: { maxInFlight } }),
      ...settings,
      ...(script.variables.size === 0 ? {} : { variables: Object.fromEntries(script.variables) }),
      scenarios: withNamesOfTheirOwn(scenarios),
      ...(thresholds.length === 0 ? {} : { thresholds }),
    },
  };
};
