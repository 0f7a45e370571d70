import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { daemonConfig } from '../../../src/logs/delivery/daemon-config.ts';

const settings = { bucket: 'shop-logs', region: 'eu-central-1', family: 'log-daemon' };

test('tags each record with its family, its container and its own day, and makes the key of these', () => {
  const { pipeline } = parse(daemonConfig(settings));
  expect(pipeline.filters.find(({ name }: Named) => name === 'rewrite_tag')).toMatchObject({
    match: 'docker.*',
    rule: '$day ^[0-9.]+$ logs.$family.$container.$day false',
  });
  expect(pipeline.outputs).toEqual([
    expect.objectContaining({
      name: 's3',
      match: 'logs.*',
      s3_key_format: '/logs/$TAG[1]/$TAG[2]/year=$TAG[3]/month=$TAG[4]/day=$TAG[5]/%H%M%S-$UUID.gz',
      compression: 'gzip',
      json_date_key: 'time',
      store_dir: '/var/lib/log-buffer/files',
    }),
  ]);
});

test('keeps on disk what is read and not sent, and how far it has read', () => {
  const { service, pipeline } = parse(daemonConfig({ ...settings, stateFolder: '/state' }));
  expect(service).toMatchObject({ 'storage.path': '/state/chunks' });
  expect(pipeline.inputs).toEqual([
    expect.objectContaining({
      path: '/var/lib/docker/containers/*/*-json.log',
      db: '/state/positions.db',
      read_from_head: true,
      'storage.type': 'filesystem',
    }),
  ]);
});

test('never limits the store, which stops 5.0.9 from sending after a restart', () => {
  expect(daemonConfig(settings)).not.toContain('store_dir_limit_size');
});

test('refuses a family that is no name, and settings that can not be', () => {
  expect(() => daemonConfig({ ...settings, family: 'a" end' })).toThrow(
    'family "a\\" end" is no name in ECS',
  );
  expect(() => daemonConfig({ ...settings, bucket: '' })).toThrow('bucket "" is no name of an S3 bucket');
});

test('examples/logs/fluent-bit-daemon.yaml is what it makes', async () => {
  await expect(daemonConfig(settings)).toMatchFileSnapshot('../../../examples/logs/fluent-bit-daemon.yaml');
});

interface Named {
  readonly name: string;
}
