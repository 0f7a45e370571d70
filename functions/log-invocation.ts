import type middy from '@middy/core';

/** A line of JSON for each invocation that failed: which run, and the error with its causes. */
export const logInvocation: middy.MiddlewareObj<unknown, unknown> = {
  onError({ event, error, context }) {
    console.error(
      JSON.stringify({
        level: 'error',
        requestId: context.awsRequestId,
        input: event,
        error: error?.name,
        message: error?.message,
        causes: causesOf(error),
      }),
    );
  },
};

const causesOf = (error: Error | null | undefined): readonly string[] => {
  const causes: string[] = [];
  for (let cause = error?.cause; cause instanceof Error && causes.length < 5; cause = cause.cause)
    causes.push(`${cause.name}: ${cause.message}`);
  return causes;
};
