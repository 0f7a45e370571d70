import { json } from '../../rehearsal/fault-rules.ts';
import type { ServiceAnswer, ServiceCall } from '../../rehearsal/service-call.ts';

export type Forward = (call: ServiceCall) => Promise<ServiceAnswer>;

/** Another call of the same caller, in a JSON protocol. Its answer's body; an answer that isn't 200 is thrown as such. */
export const askJson = async <Answer>(
  call: ServiceCall,
  forward: Forward,
  action: string,
  body: object,
): Promise<Answer> => {
  const [prefix] = String(call.headers['x-amz-target']).split('.');
  const answer = await forward({
    ...call,
    action,
    headers: { ...call.headers, 'x-amz-target': `${prefix}.${action}` },
    body: Buffer.from(JSON.stringify(body)),
  });
  if (answer.status !== 200) throw new Refused(answer);
  return JSON.parse(answer.body.toString()) as Answer;
};

/** Another call of the same caller, in the query protocol; gives the XML. */
export const askQuery = async (
  call: ServiceCall,
  forward: Forward,
  action: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> => {
  const { Version = '' } = Object.fromEntries(new URLSearchParams(call.body.toString()));
  const body = new URLSearchParams({ Action: action, Version, ...parameters }).toString();
  const answer = await forward({ ...call, action, body: Buffer.from(body) });
  if (answer.status !== 200) throw new Refused(answer);
  return answer.body.toString();
};

/** The service has answered something else than 200: whoever asked gets the same. */
class Refused extends Error {
  readonly answer: ServiceAnswer;

  constructor(answer: ServiceAnswer) {
    super(`the AWS server answered ${answer.status}`);
    this.answer = answer;
  }
}

export const orAsRefused = async (work: () => Promise<ServiceAnswer>): Promise<ServiceAnswer> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    throw error;
  }
};

export const refusal = (name: string, message: string): ServiceAnswer => json(400, { __type: name, message });

/** An answer of the query protocol. */
export const queryAnswer = (namespace: string, action: string, result: string): ServiceAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(
    `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata></${action}Response>`,
  ),
});

export const queryRefusal = (namespace: string, code: string, message: string): ServiceAnswer => ({
  status: 400,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(
    `<ErrorResponse xmlns="${namespace}"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>`,
  ),
});
