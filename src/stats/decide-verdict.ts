import type { ValidityLimits } from '../plan/plan.ts';
import { describeStrain, type GeneratorStrain } from './describe-generator.ts';
import type { ThresholdResult } from './evaluate-thresholds.ts';

/** Worst first: error > stopped > invalid > failed > passed. */
export type Outcome = 'passed' | 'failed' | 'invalid' | 'stopped' | 'error';

export interface Verdict {
  /** Whether the numbers may be trusted, whatever the outcome. */
  readonly valid: boolean;
  /** Why the outcome is what it is, one sentence each; empty when it passed. */
  readonly reasons: readonly string[];
  /** Worth knowing, without changing the outcome. */
  readonly warnings: readonly string[];
  /** What was checked: the limit, the figure, and whether it was kept. */
  readonly checks: readonly ValidityCheck[];
}

export interface ValidityCheck {
  readonly name: string;
  readonly limit: number;
  readonly value: number;
  readonly unit: string;
  readonly met: boolean;
}

/** What the verdict is judged on. Counts are arrivals. */
export interface VerdictEvidence extends GeneratorStrain {
  readonly limits: ValidityLimits;
  readonly model: 'open' | 'closed';
  readonly scheduled: number;
  readonly missed: number;
  readonly dropped: number;
  readonly droppedBusy: number;
  readonly duplicated: number;
  /** Requests under way in workers that were lost. */
  readonly unfinished: number;
  readonly warmupSeconds: number;
  /** Arrivals and successful requests that don't belong to the warm-up, and for how many seconds they were asked for. */
  readonly measured: {
    readonly seconds: number;
    readonly scheduled: number;
    readonly dropped: number;
    readonly completed: number;
  };
  readonly sendLagP99Millis: number;
  /** Requests for which the generator's machine had no socket left. */
  readonly outOfSockets: number;
  readonly missingSegments: number;
  readonly clockBoundMillis: number;
  readonly lostWorkers: readonly {
    readonly shard: number;
    readonly attempt: number;
    readonly reason: string;
    readonly replacedBy: number | null;
  }[];
  readonly endedScenarios: readonly { readonly scenario: string; readonly reason: string }[];
  readonly thresholds: readonly ThresholdResult[];
  /** Set when somebody stopped the run, with their reason. */
  readonly stopped?: string;
  /** Set when a condition of the plan ended the run: `failures > 20% held over …`, and the second it ended at. */
  readonly aborted?: { readonly reason: string; readonly atSeconds: number };
  /** Set when the run could not be carried out. */
  readonly failure?: { readonly error: string; readonly cause: string };
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(fraction < 0.1 ? 2 : 0)}%`;

const validityChecks = (evidence: VerdictEvidence): readonly ValidityCheck[] => {
  const { limits } = evidence;
  const missedFraction =
    evidence.scheduled === 0 ? 0 : (evidence.missed + evidence.unfinished) / evidence.scheduled;
  const check = (name: string, value: number, limit: number, unit: string): ValidityCheck => ({
    name,
    limit,
    value,
    unit,
    met: value <= limit,
  });
  return [
    check('send lag p99', evidence.sendLagP99Millis, limits.sendLagP99Millis, 'ms'),
    check('missed or unfinished', missedFraction, limits.missedFraction, 'fraction'),
    check('missing segments', evidence.missingSegments, limits.missingSegments, 'segments'),
    check('clock bound', evidence.clockBoundMillis, limits.clockBoundMillis, 'ms'),
    check('drops while the generator was over its limits', evidence.droppedBusy, 0, 'arrivals'),
    check('arrivals sent twice', evidence.duplicated, 0, 'arrivals'),
    check('out of sockets', evidence.outOfSockets, 0, 'requests'),
  ];
};

const lostWorkerText = (evidence: VerdictEvidence): readonly string[] =>
  evidence.lostWorkers.map(
    (worker) =>
      `worker ${worker.shard} (attempt ${worker.attempt}) was lost (${worker.reason}) and ${worker.replacedBy === null ? 'not replaced' : `replaced by attempt ${worker.replacedBy}`}`,
  );

const sentence = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}.`;

const invalidReasons = (evidence: VerdictEvidence, checks: readonly ValidityCheck[]): readonly string[] => {
  const reasons: string[] = [];
  const broken = new Set(checks.filter((check) => !check.met).map((check) => check.name));
  const lost = lostWorkerText(evidence);
  const strain = describeStrain(evidence, evidence.limits);
  if (broken.has('send lag p99')) {
    reasons.push(
      `The generator sent late: send lag p99 ${evidence.sendLagP99Millis.toFixed(1)} ms, limit ${evidence.limits.sendLagP99Millis} ms, while ${strain}. Use more workers or a lower rate.`,
    );
  }
  if (broken.has('missed or unfinished')) {
    reasons.push(
      `${evidence.missed} of ${evidence.scheduled} scheduled arrivals were missed${evidence.unfinished > 0 ? ` and ${evidence.unfinished} requests never ended` : ''} (${percent((evidence.missed + evidence.unfinished) / evidence.scheduled)}, limit ${percent(evidence.limits.missedFraction)})${lost.length > 0 ? `: ${lost.join('; ')}` : ''}.`,
    );
  }
  if (broken.has('missing segments')) {
    reasons.push(
      `${evidence.missingSegments} segments of measurements never arrived, so the figures are incomplete.`,
    );
  }
  if (broken.has('clock bound')) {
    reasons.push(
      `A worker's clock may be ${evidence.clockBoundMillis.toFixed(1)} ms off, limit ${evidence.limits.clockBoundMillis} ms.`,
    );
  }
  if (evidence.droppedBusy > 0) {
    reasons.push(
      `The generator could not keep up: ${evidence.droppedBusy} of ${evidence.dropped} drops happened while ${strain}. Use more workers or a lower rate.`,
    );
  }
  if (evidence.outOfSockets > 0) {
    reasons.push(
      `The generator's machine ran out of sockets: ${evidence.outOfSockets} requests failed for want of a socket, a port or a file handle. Use more workers, let connections be used again (keepAlive, fewer users), or raise the limit of open files (ulimit -n).`,
    );
  }
  if (evidence.duplicated > 0) {
    reasons.push(
      `${evidence.duplicated} arrivals were sent twice, because a worker learnt of a change too late.`,
    );
  }
  for (const ended of evidence.endedScenarios) {
    reasons.push(`Scenario ${ended.scenario} ended before the run did: ${ended.reason}.`);
  }
  if (evidence.model === 'closed' && lost.length > 0) {
    reasons.push(`Virtual users were missing for a while: ${lost.join('; ')}.`);
  }
  return reasons;
};

const failedReasons = (evidence: VerdictEvidence): readonly string[] => {
  const reasons: string[] = [];
  const { measured, aborted } = evidence;
  if (aborted !== undefined) {
    reasons.push(`Ended early at ${Number(aborted.atSeconds.toFixed(1))} s: ${aborted.reason}.`);
  }
  if (measured.dropped > evidence.droppedBusy && evidence.endedScenarios.length === 0) {
    reasons.push(
      `The target could not keep up: ${measured.dropped} of ${measured.scheduled} arrivals were dropped at the in-flight limit while the generator was healthy.`,
    );
  }
  if (evidence.scheduled === 0) reasons.push('Nothing was sent: not one arrival was due.');
  else if (measured.scheduled === 0)
    reasons.push('Nothing was measured: no arrival was due after the warm-up.');
  else if (measured.completed === 0) reasons.push('Not one request succeeded.');
  for (const threshold of evidence.thresholds) {
    if (threshold.met) continue;
    reasons.push(
      threshold.value === null
        ? `Threshold "${threshold.text}" has nothing to judge: no ${threshold.population}.`
        : `Threshold "${threshold.text}" was missed.`,
    );
  }
  return reasons;
};

/**
 * The outcome and its reasons. Precedence: error > stopped > invalid > failed > passed. Drops with a healthy
 * generator mean that the target is saturated (failed); drops while the generator is over its limits, or a generator
 * that sends late, mean that the figures describe the generator (invalid).
 */
export const decideVerdict = (
  evidence: VerdictEvidence,
): { readonly outcome: Outcome; readonly verdict: Verdict } => {
  const checks = validityChecks(evidence);
  const invalid = invalidReasons(evidence, checks);
  const failed = failedReasons(evidence);
  const valid = invalid.length === 0 && evidence.failure === undefined;
  const lost = lostWorkerText(evidence).map(sentence);
  const said = invalid.join('\n');
  const unmeasured =
    evidence.warmupSeconds > 0 && evidence.measured.seconds === 0
      ? ['It ended during the warm-up, so nothing was measured.']
      : [];
  const warnings = lostWorkerText(evidence)
    .filter((text) => evidence.failure === undefined && !said.includes(text))
    .map(
      (text) =>
        `${sentence(text)} ${evidence.missed} arrivals were missed and ${evidence.unfinished} requests never ended.`,
    );
  const verdict = (outcome: Outcome, reasons: readonly string[]) => ({
    outcome,
    verdict: { valid, reasons, warnings, checks },
  });
  if (evidence.failure !== undefined) {
    return verdict('error', [`${evidence.failure.error}: ${evidence.failure.cause}`, ...lost, ...unmeasured]);
  }
  if (evidence.stopped !== undefined)
    return verdict('stopped', [`Stopped: ${evidence.stopped}.`, ...unmeasured, ...invalid]);
  if (invalid.length > 0) return verdict('invalid', [...invalid, ...failed]);
  if (failed.length > 0) return verdict('failed', failed);
  return verdict('passed', []);
};
