import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressGuard, isAllowedTargetEntry } from '../../src/plan/allowed-targets.ts';

const nothingListed = addressGuard([]);
const everythingListed = addressGuard(['0.0.0.0/0', '::/0', 'metadata.test', '*.test', '169.254.169.254']);

describe('allowed targets', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '[::1]',
    'localhost',
    'LOCALHOST.',
    'shop.localhost',
    '::ffff:127.0.0.1',
  ])('allow %s without being listed', (host) => {
    expect(nothingListed.refusesHost(host)).toBeUndefined();
  });

  it.each([
    'example.test',
    '10.0.0.1',
    '[2001:db8::1]',
    'localhost.example.test',
    'notlocalhost',
    '128.0.0.1',
    '::ffff:10.0.0.1',
  ])('refuse %s unless listed', (host) => {
    expect(nothingListed.refusesHost(host)).toContain('not in allowedTargets');
  });

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '[::ffff:169.254.169.254]',
    '::ffff:a9fe:a9fe',
    'fe80::1',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '[::169.254.169.254]',
    '::ffff:0:a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '::',
  ])('never allow %s, even listed', (address) => {
    expect(everythingListed.refusesHost(address)).toContain('never a target');
    const plain = address.replace(/[[\]]/g, '');
    expect(everythingListed.refusesAddress('metadata.test', plain)).toContain('never a target');
  });

  it.each([
    ['http://2130706433/', undefined],
    ['http://0x7f.1/', undefined],
    ['http://0177.0.0.1/', undefined],
    ['http://127.1/', undefined],
    ['http://2852039166/', 'never a target'],
    ['http://0xa9.0xfe.0xa9.0xfe/', 'never a target'],
    ['http://0251.0376.0251.0376/', 'never a target'],
    ['http://[::ffff:169.254.169.254]/', 'never a target'],
    ['http://167772161/', 'not in allowedTargets'],
  ])('see through the spelling of %s', (url, refusal) => {
    const reason = nothingListed.refusesHost(new URL(url).hostname);
    if (refusal === undefined) expect(reason).toBeUndefined();
    else expect(reason).toContain(refusal);
  });

  it.each([
    'http://169.254.170.2/',
    'http://2852039170/',
    'http://0xa9feaa02/',
    'http://0251.0376.0252.02/',
    'http://169.254.43522/',
    'http://169.16689666/',
    'http://169.254.170.2./',
    'http://１６９.254.170.2/',
    'http://169%2e254%2e170%2e2/',
    'http://user@169.254.170.2:80/',
    'http://[::ffff:169.254.170.2]/',
    'http://[0:0:0:0:0:ffff:a9fe:aa02]/',
    'http://[::169.254.170.2]/',
    'http://[64:ff9b::169.254.170.2]/',
    'http://[64:ff9b:1::169.254.170.2]/',
    'http://[64:ff9b:1:7::a9fe:aa02]/',
    'http://[::ffff:0:169.254.170.2]/',
    'http://[2002:a9fe:aa02::1]/',
    'http://[fd00:ec2::23]/',
  ])(
    'never lead to the credentials of a task or an instance, such as %s, even when their range is listed',
    (url) => {
      const guard = addressGuard([
        '169.254.0.0/16',
        '169.254.170.2',
        '::/0',
        '0.0.0.0/0',
        '::ffff:a9fe:aa02',
      ]);
      const { hostname } = new URL(url);
      expect(guard.refusesHost(hostname)).toContain('never a target');
      expect(guard.refusesAddress('shop.test', hostname.replace(/[[\]]|\.$/g, ''))).toContain(
        'never a target',
      );
    },
  );

  it('may have a translated address that leads elsewhere', () => {
    const guard = addressGuard(['64:ff9b:1::/48']);
    for (const address of ['64:ff9b:1:7::a9fd:aa02', '64:ff9b:1::a9fe:1:1', '64:ff9b:1::5%eth0'])
      expect(guard.refusesAddress('shop.test', address)).toBeUndefined();
    expect(guard.refusesAddress('shop.test', '64:ff9b:1::169.254.0.0%eth0')).toContain('never a target');
  });

  it('match a suffix below its name only', () => {
    const guard = addressGuard(['*.shop.test']);
    expect(guard.refusesHost('api.Shop.test.')).toBeUndefined();
    expect(guard.refusesHost('a.b.shop.test')).toBeUndefined();
    expect(guard.refusesHost('shop.test')).toBeDefined();
    expect(guard.refusesHost('workshop.test')).toBeDefined();
    expect(guard.refusesAddress('api.shop.test', '203.0.113.9')).toBeUndefined();
  });

  it('allow a name whose address is in a listed range, and refuse it elsewhere once resolved', () => {
    const guard = addressGuard(['10.1.0.0/16']);
    expect(guard.refusesHost('internal.test')).toBeUndefined();
    expect(guard.refusesAddress('internal.test', '10.1.2.3')).toBeUndefined();
    expect(guard.refusesAddress('internal.test', '::ffff:10.1.2.3')).toBeUndefined();
    expect(guard.refusesAddress('internal.test', '10.2.0.1')).toContain('not in allowedTargets');
  });

  it('refuse a local name that resolves elsewhere', () => {
    expect(nothingListed.refusesAddress('localhost', '203.0.113.9')).toBeDefined();
  });

  it('refuse every link-local address, whatever is listed', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (a, b) => {
        expect(everythingListed.refusesAddress('any.test', `169.254.${a}.${b}`)).toContain('never');
        expect(everythingListed.refusesAddress('any.test', `::ffff:169.254.${a}.${b}`)).toContain('never');
      }),
    );
  });

  it.each([
    ['shop.test', true],
    ['*.shop.test', true],
    ['10.0.0.0/8', true],
    ['2001:db8::/32', true],
    ['10.0.0.1', true],
    ['10.0.0.0/33', false],
    ['shop.test/8', false],
    ['*', false],
    ['*.*.test', false],
    ['http://shop.test', false],
    ['shop.test:80', false],
    ['', false],
  ])('as a list entry, %s is %s', (entry, isEntry) => {
    expect(isAllowedTargetEntry(entry)).toBe(isEntry);
  });
});
