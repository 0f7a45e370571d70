import type { DocumentProblem } from '../../document/document-problem.ts';
import { readDocumentSource } from '../../document/document-source.ts';
import { type Finding, formatPath, isMapping, problemsOf, schemaFindings } from '../../document/findings.ts';
import { compileCapacity } from './compile-capacity.ts';
import { checkPools, compilePool } from './compile-pools.ts';
import { compileService } from './compile-service.ts';
import { checkSimulationNames, compileSimulation } from './compile-simulation.ts';
import type { PolicyFindings } from './policy-findings.ts';
import { scalingDocument } from './scaling-document.ts';
import { capacityDocument, poolDocument } from './scaling-document-capacity.ts';
import { otherName } from './scaling-document-fields.ts';
import { serviceDocument } from './scaling-document-services.ts';
import type { CapacityPolicy, PoolPolicy, ScalingPolicy, ServicePolicy } from './scaling-policy.ts';
import type { SimulationHints } from './simulation-hints.ts';

export type ParsedScalingPolicy =
  | {
      readonly kind: 'policy';
      readonly policy: ScalingPolicy;
      readonly simulation: SimulationHints;
      /** What is worth knowing and no mistake, in words. */
      readonly notes: readonly string[];
    }
  /** At least one, in the order of the document. */
  | { readonly kind: 'problems'; readonly problems: readonly DocumentProblem[] };

type Written = Readonly<Record<string, unknown>>;

const entriesOf = (written: unknown): readonly (readonly [string, unknown])[] =>
  isMapping(written) ? Object.entries(written) : [];

/** The schema library passes over the one key that it never copies. */
const checkHiddenName = (written: Written, { report }: PolicyFindings): void => {
  for (const key of ['services', 'pools']) {
    const hidden = entriesOf(written[key]).find(([name]) => name === '__proto__');
    if (hidden !== undefined) report({ path: [key, '__proto__'], of: 'key', expected: otherName });
  }
};

/** Those that are written as they should be, so that one with a mistake hides none of another. */
const compileServices = (written: Written, findings: PolicyFindings): readonly ServicePolicy[] =>
  entriesOf(written.services).flatMap(([name, service]) => {
    const parsed = serviceDocument.safeParse(service);
    return parsed.success ? [compileService(name, parsed.data, service, findings)] : [];
  });

const compilePools = (written: Written, findings: PolicyFindings): readonly PoolPolicy[] => {
  const { capacity } = written;
  const writtenMaximum = isMapping(capacity) ? capacity.maximum : undefined;
  const maximum = capacityDocument.shape.maximum.safeParse(writtenMaximum).data;
  return entriesOf(written.pools).flatMap(([name, pool]) => {
    const parsed = poolDocument.safeParse(pool);
    const compiled = parsed.success ? compilePool(name, parsed.data, maximum, findings) : undefined;
    return compiled === undefined ? [] : [compiled];
  });
};

/** Null when the policy has no pools; what is said of all pools is checked when each of them is right. */
const compileInstances = (written: Written, findings: PolicyFindings): CapacityPolicy | null => {
  const pools = compilePools(written, findings);
  const names = entriesOf(written.pools);
  if (names.length === 0) {
    const expected = 'pools as well: what is written here is said of what they launch';
    if (written.capacity !== undefined) findings.report({ path: ['capacity'], of: 'key', expected });
    return null;
  }
  if (pools.length < names.length) return null;
  checkPools(pools, findings);
  const parsed = capacityDocument.safeParse(written.capacity ?? {});
  return parsed.success ? compileCapacity(parsed.data, pools, findings) : null;
};

/**
 * Reads a scaling policy (YAML or JSON), checks all of it, and compiles it. Everything that is wrong is reported together.
 * Never throws for what is written in the document.
 * @param options.file The policy's file as the user named it, for messages.
 */
export const parseScalingPolicy = (
  text: string,
  { file }: { readonly file: string },
): ParsedScalingPolicy => {
  const source = readDocumentSource(text);
  if (source.problems.length > 0) {
    const nowhere = { code: 'invalid' as const, file, path: '', value: '' };
    return { kind: 'problems', problems: source.problems.map((problem) => ({ ...nowhere, ...problem })) };
  }
  const { data: written } = source;
  const found: Finding[] = [];
  const refused = (): ParsedScalingPolicy => ({
    kind: 'problems',
    problems: problemsOf(found, file, source, written),
  });
  if (!isMapping(written)) {
    found.push({ path: [], expected: 'a scaling policy, which is a mapping that begins with version: 1' });
    return refused();
  }

  const notes: string[] = [];
  const findings: PolicyFindings = {
    report: (finding) => void found.push(finding),
    note: (path, words) => void notes.push(`${formatPath(path)} ${words}`),
    everySeconds: scalingDocument.shape.every.safeParse(written.every).data ?? 60,
  };
  const parsed = scalingDocument.safeParse(written);
  found.push(...schemaFindings(parsed.error?.issues ?? []));
  checkHiddenName(written, findings);
  const services = compileServices(written, findings);
  const capacity = compileInstances(written, findings);
  const names = {
    services: entriesOf(written.services).map(([name]) => name),
    pools: entriesOf(written.pools).map(([name]) => name),
  };
  if (found.length === 0 && names.services.length + names.pools.length === 0) {
    found.push({ path: [], expected: 'services, pools, or both: this policy says nothing' });
  }
  const simulated = scalingDocument.shape.simulation.safeParse(written.simulation);
  if (simulated.success) checkSimulationNames(simulated.data, names, findings);
  if (!parsed.success || found.length > 0) return refused();

  const { version, cluster, every: everySeconds, paused, dryRun } = parsed.data;
  return {
    kind: 'policy',
    policy: { version, cluster, everySeconds, paused, dryRun, capacity, services },
    simulation: compileSimulation(parsed.data.simulation, services, capacity?.pools ?? []),
    notes,
  };
};
