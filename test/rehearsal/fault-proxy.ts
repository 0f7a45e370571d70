import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { FaultPlan, type FaultRule } from './fault-rules.ts';
import { listen } from './loopback-server.ts';
import { callName, describeCall, type ServiceAnswer, type ServiceCall } from './service-call.ts';

/** Stands around the service for calls of one action: may change the call, the answer, or answer itself. */
export type Behaviour = (
  call: ServiceCall,
  forward: (call: ServiceCall) => Promise<ServiceAnswer>,
) => Promise<ServiceAnswer>;

export interface FaultProxy {
  readonly url: string;
  /** Calls by `service Action`, whatever became of them. */
  readonly counts: ReadonlyMap<string, number>;
  behave(name: string, behaviour: Behaviour): void;
  inject(rule: FaultRule): { remove(): void; hits(): number };
  close(): Promise<void>;
}

/** Between everybody and the AWS server: counts calls, injects faults, adds what the server lacks. */
export const openFaultProxy = async (serviceUrl: string, seed: number): Promise<FaultProxy> => {
  const faults = new FaultPlan(seed);
  const counts = new Map<string, number>();
  const behaviours = new Map<string, Behaviour>();

  const answer = (call: ServiceCall): Promise<ServiceAnswer> => {
    const behaviour = behaviours.get(callName(call));
    const forward = (forwarded: ServiceCall) => forwardCall(serviceUrl, forwarded);
    return behaviour === undefined ? forward(call) : behaviour(call, forward);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = await readCall(request);
    counts.set(callName(call), (counts.get(callName(call)) ?? 0) + 1);
    const fault = faults.decide(call);
    if (fault?.kind === 'answer') return reply(response, fault.answer);
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.millis));
    if (fault?.kind === 'cut' && fault.when === 'before') return void request.socket.destroy();
    const answered = await answer(call);
    // No fault of the rehearsal's: the AWS server itself has failed.
    if (answered.status >= 500)
      console.error(`the AWS server failed at ${callName(call)}: ${call.body.subarray(0, 300)}`);
    if (fault?.kind === 'cut') return void request.socket.destroy();
    reply(response, answered);
  };

  const server = await listen((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(`fault proxy: ${request.method} ${request.url}:`, error);
      response.destroy();
    });
  });
  return {
    url: server.url,
    counts,
    behave: (name, behaviour) => void behaviours.set(name, behaviour),
    inject: (rule) => faults.add(rule),
    close: server.close,
  };
};

const readCall = async (request: IncomingMessage): Promise<ServiceCall> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = 'GET', url: target = '/', headers } = request;
  return describeCall({ method, target, headers, body: Buffer.concat(chunks) });
};

const reply = (response: ServerResponse, { status, headers, body }: ServiceAnswer): void => {
  // An answer without a body still says how long the object is (HeadObject) and must not be changed.
  const length = body.length > 0 ? { 'content-length': String(body.length) } : {};
  response.writeHead(status, { ...(headers as Record<string, string>), ...length });
  response.end(body);
};

/** The body goes on byte for byte: chunk signatures and checksums in it are the client's. */
const forwardCall = (serviceUrl: string, call: ServiceCall): Promise<ServiceAnswer> =>
  new Promise((resolve, reject) => {
    const { connection: _, expect: _expect, 'transfer-encoding': _encoding, ...headers } = call.headers;
    const request = httpRequest(
      new URL(call.target, serviceUrl),
      { method: call.method, headers: { ...headers, 'content-length': call.body.length }, timeout: 30_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          const {
            connection,
            'transfer-encoding': encoding,
            'keep-alive': alive,
            ...kept
          } = response.headers;
          resolve({
            status: response.statusCode ?? 502,
            headers: kept as ServiceAnswer['headers'],
            body: Buffer.concat(chunks),
          });
        });
      },
    );
    request.once('timeout', () => request.destroy(new Error('the AWS server did not answer within 30 s')));
    request.once('error', reject);
    request.end(call.body);
  });
