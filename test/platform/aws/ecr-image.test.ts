import { describe, expect, it } from 'vitest';
import { parseEcrReference } from '../../../src/platform/aws/ecr-image.ts';

const host = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const digest = `sha256:${'0a'.repeat(32)}`;
const place = { account: '123456789012', region: 'eu-west-1', repository: 'team/worker' };

describe('the name of an image', () => {
  it.each([
    [`${host}/team/worker:1.2`, { imageTag: '1.2' }],
    [`${host}/team/worker`, { imageTag: 'latest' }],
    [`${host}/team/worker@${digest}`, { imageDigest: digest }],
    [`${host}/team/worker:1.2@${digest}`, { imageDigest: digest }],
    ['123456789012.dkr-ecr.eu-west-1.on.aws/team/worker:1.2', { imageTag: '1.2' }],
  ])('%s leads into ECR', (reference, image) => {
    expect(parseEcrReference(reference)).toEqual({ ...place, image });
  });

  it.each([
    'worker',
    'docker.io/team/worker:1',
    'public.ecr.aws/team/worker:1',
    `evil.test/${host}/team/worker:1`,
    `${host}.evil.test/team/worker:1`,
    `${host}/`,
    `${host}/Team/Worker:1`,
    '',
  ])('%s does not', (reference) => {
    expect(parseEcrReference(reference)).toBeUndefined();
  });
});
