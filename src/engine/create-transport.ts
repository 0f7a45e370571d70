import { AddressBook } from './connect/address-book.ts';
import { SecureOptions } from './connect/secure-options.ts';
import type { EngineShard, RunClock } from './engine.ts';
import { Http1Transport } from './http1/http1-transport.ts';
import { Http2Transport } from './http2/http2-transport.ts';
import type { Transport } from './transport.ts';

const readBufferBytes = 64 * 1024;
const idleSeconds = 30;

/**
 * The transport that a plan asks for.
 * @throws PlanInvalid when its certificates or key can't be used.
 */
export const createTransport = (
  { plan, files, guard }: Pick<EngineShard, 'plan' | 'files' | 'guard'>,
  clock: RunClock,
): Transport => {
  const { keepAlive, max } = plan.connections;
  const shared = {
    clock,
    addresses: new AddressBook(guard, clock),
    secure: new SecureOptions(plan.tls, files, keepAlive),
    idleSeconds,
  };
  if (plan.http === 2) {
    const maxSessions = max ?? (keepAlive ? 1 : Number.POSITIVE_INFINITY);
    return new Http2Transport({ ...shared, keepAlive, maxSessions });
  }
  const setting = { ...shared, readBuffer: Buffer.allocUnsafeSlow(readBufferBytes) };
  // A visitor of the open model is gone after its arrival; a limit is only kept by sharing.
  const hasOwn = plan.load.model === 'closed' && max === undefined;
  return new Http1Transport(setting, hasOwn ? { kind: 'own' } : { kind: 'shared', max });
};
