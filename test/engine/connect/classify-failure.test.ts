import { describe, expect, it } from 'vitest';
import {
  classifySocketError,
  classifyTimeout,
  describeSocketError,
} from '../../../src/engine/connect/classify-failure.ts';
import { classifyStreamEnd, type StreamEnd } from '../../../src/engine/http2/classify-http2-failure.ts';

describe('classifying a socket error', () => {
  it.each([
    ['connecting', { code: 'ENOTFOUND', syscall: 'getaddrinfo' }, 'dns'],
    ['resolving', { code: 'EAI_AGAIN' }, 'dns'],
    ['resolving', { code: 'EMFILE', syscall: 'getaddrinfo' }, 'out of sockets'],
    ['connecting', { code: 'ADDRESS_NOT_ALLOWED' }, 'address not allowed'],
    ['connecting', { code: 'ECONNREFUSED' }, 'connect refused'],
    ['connecting', { code: 'ETIMEDOUT' }, 'connect timeout'],
    ['connecting', { code: 'EHOSTUNREACH' }, 'connect failed'],
    ['connecting', { code: 'EMFILE' }, 'out of sockets'],
    ['connecting', { code: 'ENFILE' }, 'out of sockets'],
    ['connecting', { code: 'EADDRNOTAVAIL' }, 'out of sockets'],
    ['connecting', { code: 'ENOBUFS' }, 'out of sockets'],
    ['connecting', { code: 'ENOMEM' }, 'out of sockets'],
    ['connecting', { code: 'EMFILE', errors: [{ code: 'EMFILE' }, { code: 'EMFILE' }] }, 'out of sockets'],
    [
      'connecting',
      { code: 'EADDRNOTAVAIL', errors: [{ code: 'EADDRNOTAVAIL' }, { code: 'ECONNREFUSED' }] },
      'connect refused',
    ],
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

describe('describing a socket error', () => {
  it('names the first of several errors, whose own message is empty', () => {
    expect(describeSocketError(new AggregateError([new Error('connect ECONNREFUSED ::1:80')]))).toMatch(
      /ECONNREFUSED/,
    );
    expect(describeSocketError(new Error('read ECONNRESET'))).toBe('read ECONNRESET');
  });

  it('is in words where OpenSSL names its sources', () => {
    const raw =
      '408DCF08BE7F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number';
    const told = (code: string, reason: string): string =>
      describeSocketError(Object.assign(new Error(raw), { code, reason }));
    expect(told('ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number')).toBe(
      "the target doesn't speak TLS there",
    );
    expect(told('ERR_SSL_SOMETHING_NEW', 'something new')).toBe('something new');
    expect(told('DEPTH_ZERO_SELF_SIGNED_CERT', '')).toContain('tls.ca');
    expect(told('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tlsv13 alert')).toContain('tls.cert');
  });
});

describe('classifying the end of an HTTP/2 stream', () => {
  const anEnd = (overrides: Partial<StreamEnd>): StreamEnd => ({
    code: 0,
    error: undefined,
    goaway: undefined,
    closed: false,
    ...overrides,
  });
  const error = (code: string, message = 'm') => ({ code, message });

  it.each<[StreamEnd, kind: string, detail: string, refused: boolean]>([
    [anEnd({ code: 8 }), 'reset', 'RST_STREAM CANCEL before the response was complete', false],
    [anEnd({ code: 0x77 }), 'reset', 'RST_STREAM error code 119 before the response was complete', false],
    [anEnd({ code: 8, closed: true }), 'reset', 'closed before the response was complete', false],
    [anEnd({ code: 2, error: error('ERR_HTTP2_STREAM_ERROR') }), 'reset', 'RST_STREAM INTERNAL_ERROR', false],
    [anEnd({ code: 7, error: error('ERR_HTTP2_STREAM_ERROR') }), 'reset', 'RST_STREAM REFUSED_STREAM', true],
    [
      anEnd({ code: 1, error: error('ERR_HTTP2_STREAM_ERROR') }),
      'parse',
      'stream ended by a PROTOCOL_ERROR',
      false,
    ],
    [
      anEnd({ code: 11, error: error('ERR_HTTP2_SESSION_ERROR'), goaway: { code: 11, text: ' (calm)' } }),
      'reset',
      'connection ended after GOAWAY ENHANCE_YOUR_CALM (calm)',
      false,
    ],
    [anEnd({ error: error('ERR_HTTP2_GOAWAY_SESSION') }), 'reset', 'the connection was closing', true],
    [anEnd({ error: error('ERR_HTTP2_INVALID_SESSION') }), 'reset', 'the connection was closing', true],
    [
      anEnd({ error: error('ERR_HTTP2_ERROR', 'Protocol error') }),
      'parse',
      'what came is not HTTP/2 (Protocol error)',
      false,
    ],
    [anEnd({ code: 2, error: error('ECONNRESET', 'read ECONNRESET') }), 'reset', 'read ECONNRESET', false],
    [
      anEnd({ code: 2, error: error('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'alert') }),
      'tls',
      'alert',
      false,
    ],
  ])('%o', (end, kind, detail, refused) => {
    expect(classifyStreamEnd(end)).toEqual({ kind, detail, refused });
  });
});
