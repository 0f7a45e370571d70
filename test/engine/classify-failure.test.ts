import { describe, expect, it } from 'vitest';
import { classifySocketError, classifyTimeout } from '../../src/engine/classify-failure.ts';

describe('classifying a socket error', () => {
  it.each([
    ['connecting', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'dns'],
    ['resolving', { code: 'EAI_AGAIN' }, 'dns'],
    ['connecting', { code: 'EMFILE', syscall: 'getaddrinfo' }, 'dns'],
    ['connecting', { code: 'ADDRESS_NOT_ALLOWED' }, 'address not allowed'],
    ['connecting', { code: 'ECONNREFUSED' }, 'connect refused'],
    ['connecting', { code: 'ETIMEDOUT' }, 'connect timeout'],
    ['connecting', { code: 'EHOSTUNREACH' }, 'connect failed'],
    ['connecting', { code: 'EADDRNOTAVAIL' }, 'connect failed'],
    ['connecting', {}, 'connect failed'],
    ['securing', { code: 'ECONNRESET' }, 'tls'],
    ['securing', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'tls'],
    ['ready', { code: 'ECONNRESET' }, 'reset'],
    ['ready', { code: 'EPIPE' }, 'reset'],
    ['ready', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }, 'tls'],
  ] as const)('while %s, %o is %s', (phase, error, kind) => {
    expect(classifySocketError(phase, error)).toBe(kind);
  });
});

describe('classifying a timeout', () => {
  it.each([
    ['resolving', 'head', 'dns'],
    ['connecting', 'head', 'connect timeout'],
    ['securing', 'head', 'connect timeout'],
    ['ready', 'head', 'timeout before headers'],
    ['ready', 'body', 'timeout in body'],
  ] as const)('while %s and in the %s it is %s', (phase, stage, kind) => {
    expect(classifyTimeout(phase, stage)).toBe(kind);
  });
});
