import { createHash } from 'node:crypto';
import { formatProblems } from '../../document/document-problem.ts';
import { PolicyRefusedError } from '../../errors.ts';
import type { AppliedPolicy, PolicyRequest } from '../../platform/ports/scaling-api.ts';
import { updateJson } from '../../store/stored-json.ts';
import { parseScalingPolicy } from '../policy/parse-scaling-policy.ts';
import { anyStoredPolicy, policyKey, type StoredPolicy } from '../policy-store/stored-policy.ts';
import { decideWarnings } from './decide-warnings.ts';
import { type ScalingApiPorts, standingOf } from './policy-standing.ts';

/** Stores a policy in place of its cluster's; a pause goes on. Throws `PolicyRefused` with every problem in the text. */
export const applyPolicy = async (
  ports: ScalingApiPorts,
  { text, name, requestedBy }: PolicyRequest,
): Promise<AppliedPolicy> => {
  const parsed = parseScalingPolicy(text, { file: name });
  if (parsed.kind === 'problems')
    throw new PolicyRefusedError(formatProblems(parsed.problems), parsed.problems);
  const { policy } = parsed;
  const digest = createHash('sha256').update(text).digest('hex');
  let changed = false;
  const applied: StoredPolicy = {
    version: 1,
    cluster: policy.cluster,
    text,
    digest,
    appliedAtMillis: ports.time.nowMillis(),
    appliedBy: requestedBy,
    pausedUntilMillis: null,
    policy,
  };
  const stored = await updateJson(ports.store, policyKey(policy.cluster), anyStoredPolicy, (before) => {
    changed = before?.digest !== digest;
    // The same text may have been compiled otherwise by another version.
    if (!changed && JSON.stringify(before?.policy) === JSON.stringify(policy)) return undefined;
    return { ...applied, pausedUntilMillis: before?.pausedUntilMillis ?? null };
  });
  return {
    standing: await standingOf(ports, { ...applied, ...stored, policy }),
    changed,
    warnings: decideWarnings(policy, ports.deployment),
  };
};
