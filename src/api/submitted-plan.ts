import type { StartRequest } from '../platform/ports/run-api.ts';
import { AnsweredError } from './answer-request.ts';
import type { SubmitPorts } from './api-ports.ts';
import { compileSubmission } from './compile-submission.ts';
import type { SubmissionRequest } from './documents/submission.ts';
import { problemAnswer } from './problems.ts';

/** A submitted plan, compiled; throws the answer for one that can't be. */
export const submittedPlan = async (
  ports: SubmitPorts,
  submission: SubmissionRequest,
): Promise<StartRequest> => {
  const compiled = await compileSubmission(ports, submission);
  if (compiled.kind === 'compiled') return compiled.request;
  if (compiled.kind === 'problems') {
    const { problems } = compiled;
    const count = problems.length === 1 ? 'One thing is' : `${problems.length} things are`;
    throw new AnsweredError(
      problemAnswer('plan-invalid', `${count} wrong with the plan; see problems.`, {
        problems: problems,
      }),
    );
  }
  const { at, expected } = compiled;
  throw new AnsweredError(
    problemAnswer('bad-request', `${at}: expected ${expected}`, { errors: [{ at, expected }] }),
  );
};

/** Throws the answer that a plan is refused with when something stands in the way of running it here. */
export const requireNothingInTheWay = async (ports: SubmitPorts, request: StartRequest): Promise<void> => {
  const checked = await ports.runs.check(request);
  if (checked.kind === 'refused') {
    const problems = checked.problems;
    throw new AnsweredError(
      problemAnswer('plan-invalid', 'The plan is refused; see problems.', { problems }),
    );
  }
  const { problems: reasons } = checked.preflight;
  if (reasons.length > 0)
    throw new AnsweredError(
      problemAnswer('preflight-failed', `Nothing was started: ${reasons.join(' ')}`, {
        reasons: reasons,
      }),
    );
};
