import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyAwsFailure } from '../../../src/platform/aws/aws-failure.ts';

const failed = (name: string, httpStatusCode?: number) =>
  Object.assign(new Error('said so'), { name, $metadata: { httpStatusCode, attempts: 4, requestId: 'r1' } });

describe('a failed AWS call', () => {
  it.each([
    ['InternalError', 500],
    ['ServiceUnavailable', 503],
    ['ThrottlingException', 400],
    ['TooManyRequestsException', 429],
    ['ConditionalRequestConflict', 409],
    ['ExpiredTokenException', 400],
    ['TimeoutError', undefined],
    ['AbortError', undefined],
  ])('%s (%s) may pass', (name, status) => {
    expect(classifyAwsFailure(failed(name, status)).kind).toBe('passing');
  });

  it.each([
    ['AccessDenied', 403],
    ['NoSuchBucket', 404],
    ['ValidationException', 400],
    ['CredentialsProviderError', undefined],
  ])('%s (%s) will not', (name, status) => {
    expect(classifyAwsFailure(failed(name, status)).kind).toBe('refused');
  });

  it('tells its name, tries and request', () => {
    expect(classifyAwsFailure(failed('AccessDenied', 403))).toEqual({
      kind: 'refused',
      name: 'AccessDenied',
      status: 403,
      attempts: 4,
      text: 'AccessDenied: said so (request r1)',
    });
  });

  it('without an answer is named by its code', () => {
    const cut = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    expect(classifyAwsFailure(cut)).toMatchObject({ kind: 'passing', name: 'ECONNRESET', attempts: 1 });
  });

  it('can be anything that is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        expect(['passing', 'refused']).toContain(classifyAwsFailure(thrown).kind);
      }),
      { examples: [[Object.create(null)]] },
    );
  });
});
