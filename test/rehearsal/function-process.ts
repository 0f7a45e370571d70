/**
 * A Lambda execution environment, as far as a handler can tell: a process that imports one bundle and is given one
 * event at a time. Started by function-host.ts with the bundle, the handler's name and the function's name.
 */
const [bundle = '', handlerName = '', functionName = ''] = process.argv.slice(2);

export interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly timeoutMillis: number;
}

/** What Lambda answers with: a payload, or the error as an object. */
export type InvocationEnd =
  | { readonly requestId: string; readonly result: unknown }
  | { readonly requestId: string; readonly error: FunctionErrorEnvelope };

export interface FunctionErrorEnvelope {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

const loaded = (import(bundle) as Promise<Record<string, Handler | undefined>>).then((module) => {
  const handler = module[handlerName];
  if (typeof handler !== 'function') throw new Error(`${bundle} exports no handler ${handlerName}`);
  return handler;
});
// A bundle that can't be imported fails each invocation, as Lambda's init errors do.
loaded.catch(() => undefined);

const envelope = (error: unknown): FunctionErrorEnvelope =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

const invoke = async ({ requestId, event, timeoutMillis }: Invocation): Promise<InvocationEnd> => {
  const endsAt = Date.now() + timeoutMillis;
  try {
    const handler = await loaded;
    const result = await handler(event, {
      functionName,
      awsRequestId: requestId,
      invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
      memoryLimitInMB: '512',
      getRemainingTimeInMillis: () => Math.max(0, endsAt - Date.now()),
    });
    // Through JSON, as the service passes it on.
    return { requestId, result: JSON.parse(JSON.stringify(result ?? null)) };
  } catch (error) {
    return { requestId, error: envelope(error) };
  }
};

process.on('message', (invocation: Invocation) => {
  void invoke(invocation).then((end) => process.send?.(end));
});
process.on('disconnect', () => process.exit(0));
