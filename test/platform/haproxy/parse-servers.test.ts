import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listHealth } from '../../../src/platform/haproxy/list-health.ts';
import { parseServers } from '../../../src/platform/haproxy/parse-servers.ts';
import { addressOf, parseBackend, serverName } from '../../../src/platform/haproxy/server-name.ts';
import { mergeDeregistered, mergeRegistered } from '../../../src/platform/haproxy/wished-servers.ts';

/** The beginning of what HAProxy 2.6.12 answers, with the columns that are read. */
const header = '# pxname,svname,qcur,scur,status,type,check_status,addr,';
const answer = [
  header,
  'web,sd-10-0-0-5-8080,1,2,UP,2,L7OK,10.0.0.5:8080,',
  'web,fixed,0,0,no check,2,,10.0.0.6:80,',
  'web,new,0,0,DOWN,2,* INI,[fd00::1]:80,',
  'web,BACKEND,0,2,UP,1,,,',
].join('\n');
const none = { version: 1, backend: 'web', servers: {} } as const;

describe('what HAProxy says of its servers', () => {
  it('is read by the names of its columns, whatever their order', () => {
    expect(parseServers(answer)).toEqual([
      { name: 'sd-10-0-0-5-8080', address: '10.0.0.5:8080', status: 'UP', isUnchecked: false, inFlight: 3 },
      { name: 'fixed', address: '10.0.0.6:80', status: 'no check', isUnchecked: false, inFlight: 0 },
      { name: 'new', address: '[fd00::1]:80', status: 'DOWN', isUnchecked: true, inFlight: 0 },
    ]);
    const turned = answer.split('\n').map((line) => line.replace('# ', '').split(',').reverse().join(','));
    expect(parseServers(`# ${turned.join('\n')}`)).toEqual(parseServers(answer));
  });

  it('is no backend when there is none', () => {
    expect(parseServers('No such proxy.')).toBeUndefined();
  });

  it.each([
    ['UP', 'healthy'],
    ['UP 1/3', 'healthy'],
    ['no check', 'healthy'],
    ['DOWN 1/2', 'unhealthy'],
    ['MAINT', 'unused'],
    ['DRAIN', 'unused'],
    ['MAINT (resolution)', 'unused'],
  ])('is %s, which means %s', (status, state) => {
    const servers = parseServers(`${header}\nweb,a,0,0,${status},2,L4OK,10.0.0.5:80,`) ?? [];
    expect(listHealth(none, servers)).toEqual([{ id: '10.0.0.5', port: 80, state, inFlight: 0 }]);
  });

  it('is an error that names the socket when it is something else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        fc.pre(!text.startsWith('No such proxy'));
        try {
          parseServers(text);
          expect.unreachable(text);
        } catch (error) {
          expect(error).toMatchObject({ name: 'BalancerUnavailable' });
        }
      }),
    );
  });

  it('never makes a target of what has no address and port', () => {
    const field = fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[,\n]/g, ' '));
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 8, maxLength: 8 }), { maxLength: 8 }), (lines) => {
        const servers = parseServers([header, ...lines.map((line) => line.join(','))].join('\n')) ?? [];
        for (const { id, port } of listHealth(none, servers)) {
          expect(() => serverName({ id, port })).not.toThrow();
        }
      }),
    );
  });
});

describe('the health of what HAProxy lacks', () => {
  it('is initial before it was given, and draining while an old process may still see requests through', () => {
    const one = { id: '10.0.0.5', port: 80 };
    const wished = mergeRegistered(none, [one]);
    expect(listHealth(wished, [])).toEqual([{ ...one, state: 'initial' }]);
    expect(listHealth(mergeDeregistered(wished, [one], 5), [])).toEqual([{ ...one, state: 'draining' }]);
  });
});

describe('names of servers', () => {
  it('are one for each address and port, and nothing that HAProxy would read as more', () => {
    const targets = fc.record({
      id: fc.oneof(fc.ipV4(), fc.ipV6()),
      port: fc.integer({ min: 1, max: 65_535 }),
    });
    fc.assert(
      fc.property(targets, targets, (one, other) => {
        expect(serverName(one)).toMatch(/^sd-[0-9a-f-]+$/);
        if (one.port !== other.port) expect(serverName(one)).not.toBe(serverName(other));
        expect(addressOf(one)).toContain(`:${one.port}`);
      }),
    );
  });

  it.each([
    'web',
    'a;b',
    'haproxy:',
    'haproxy:a b',
    'haproxy:a/b',
    'haproxy:a\nb',
    `haproxy:${'a'.repeat(101)}`,
  ])('refuses the group "%s"', (group) => {
    expect(() => parseBackend(group)).toThrow(expect.objectContaining({ name: 'BalancerRefused' }));
  });
});
