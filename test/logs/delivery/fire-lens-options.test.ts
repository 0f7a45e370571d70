import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fireLensOptions } from '../../../src/logs/delivery/fire-lens-options.ts';

const settings = { bucket: 'shop-logs', region: 'eu-central-1' };
const ecsName = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);

test("writes a container's lines to its folder, whatever dashes its name has", () => {
  expect(fireLensOptions({ family: 'shop-web', container: 'app-one' }, settings)).toEqual({
    Name: 's3',
    bucket: 'shop-logs',
    region: 'eu-central-1',
    s3_key_format: '/logs/shop-web/app-one/year=%Y/month=%m/day=%d/%H%M%S-$UUID.gz',
    compression: 'gzip',
    use_put_object: 'On',
    total_file_size: '20000000',
    upload_timeout: '60s',
    json_date_key: 'time',
    json_date_format: 'iso8601',
    retry_limit: '10000',
    preserve_data_ordering: 'On',
    store_dir: '/var/lib/log-buffer/app-one',
  });
});

test('takes the size and the age of a file, and an endpoint', () => {
  const options = fireLensOptions(
    { family: 'shop', container: 'app' },
    { ...settings, fileBytes: 50_000_000, uploadSeconds: 300, endpoint: 'http://127.0.0.1:9000' },
  );
  expect(options).toMatchObject({
    total_file_size: '50000000',
    upload_timeout: '300s',
    endpoint: 'http://127.0.0.1:9000',
  });
});

test('gives each container of a task a key and a buffer of its own', () => {
  fc.assert(
    fc.property(ecsName, fc.uniqueArray(ecsName, { minLength: 2, maxLength: 5 }), (family, containers) => {
      const all = containers.map((container) => fireLensOptions({ family, container }, settings));
      expect(new Set(all.map((options) => options.s3_key_format)).size).toBe(containers.length);
      expect(new Set(all.map((options) => options.store_dir)).size).toBe(containers.length);
    }),
  );
});

test('refuses what is no name in ECS, naming it', () => {
  const hostile = fc
    .oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('', '../etc', 'a/b', 'a\n[OUTPUT]', '$TAG', '%Y', 'a b', 'a'.repeat(256), 'ä'),
    )
    .filter((name) => !/^[A-Za-z0-9_-]{1,255}$/.test(name));
  fc.assert(
    fc.property(hostile, fc.constantFrom('family', 'container'), (name, part) => {
      const asked = { family: 'shop', container: 'app', [part]: name };
      expect(() => fireLensOptions(asked, settings)).toThrow(
        `${part} ${JSON.stringify(name)} is no name in ECS`,
      );
    }),
  );
});

test.each([
  [{ bucket: 'Shop_Logs' }, 'bucket "Shop_Logs" is no name of an S3 bucket'],
  [{ region: 'europe' }, 'region "europe" is no AWS region'],
  [{ fileBytes: 60_000_000 }, 'fileBytes 60000000 must be a whole number from 1000000 to 50000000'],
  [{ uploadSeconds: 0.5 }, 'uploadSeconds 0.5 must be a whole number from 10 to 3600'],
  [{ endpoint: 'http://a/b\n' }, 'endpoint "http://a/b\\n" is no address of S3'],
])('refuses %j', (change, message) => {
  expect(() => fireLensOptions({ family: 'shop', container: 'app' }, { ...settings, ...change })).toThrow(
    message,
  );
});
