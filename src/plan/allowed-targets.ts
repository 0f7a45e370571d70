import { BlockList, isIP } from 'node:net';

/**
 * Where load may go. Loopback always; anything else only when listed. Decided twice: for the host as written, and for
 * each address that a name resolves to, right before connecting. Link-local and metadata addresses never, even listed.
 */
export interface AddressGuard {
  /** The reason why this host, as written in a plan, is refused; undefined when it may be tried. */
  refusesHost(host: string): string | undefined;
  /** The reason why a connection to this resolved address of that host is refused; undefined when it is allowed. */
  refusesAddress(host: string, address: string): string | undefined;
}

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Link-local carries the metadata services of EC2 (169.254.169.254), ECS (169.254.170.2) and most clouds;
 * fd00:ec2::254 is EC2's over IPv6; 100.100.100.200 and 168.63.129.16 are other clouds'. 0.0.0.0 and :: mean "this
 * host" by accident.
 */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('fd00:ec2::', 32, 'ipv6');
// The same link-local addresses within IPv6: NAT64 (RFC 6052), IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765),
// 6to4 (RFC 3056).
never.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
never.addSubnet('::a9fe:0', 112, 'ipv6');
never.addSubnet('::ffff:0:a9fe:0', 112, 'ipv6');
never.addSubnet('2002:a9fe::', 32, 'ipv6');
never.addAddress('100.100.100.200', 'ipv4');
never.addAddress('168.63.129.16', 'ipv4');
never.addAddress('0.0.0.0', 'ipv4');
never.addAddress('::', 'ipv6');

/** NAT64 of a network's own (RFC 8215): the IPv4 address is what a prefix of 96 bits, any within this one, leaves over. */
const ownTranslation = new BlockList();
ownTranslation.addSubnet('64:ff9b:1::', 48, 'ipv6');

const isTranslatedLinkLocal = (address: string): boolean =>
  isIP(address) === 6 &&
  ownTranslation.check(address, 'ipv6') &&
  /:a9fe:[0-9a-f]{1,4}\]$/.test(new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname);

const cidr = /^(.+)\/(\d{1,3})$/;

/** True when the entry is one that `allowedTargets` understands: a host, `*.suffix`, an address, or a CIDR. */
export const isAllowedTargetEntry = (entry: string): boolean => {
  const range = cidr.exec(entry);
  if (range !== null) {
    const version = isIP(range[1] as string);
    return version !== 0 && Number(range[2]) <= (version === 6 ? 128 : 32);
  }
  if (isIP(entry) !== 0) return true;
  return /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(entry);
};

/** `host` without the brackets of an IPv6 literal and the root dot, lowercased. */
const plainHost = (host: string): string =>
  host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

export const addressGuard = (allowedTargets: readonly string[]): AddressGuard => {
  const listed = new BlockList();
  const names = new Set<string>();
  const suffixes: string[] = [];
  for (const entry of allowedTargets) {
    const range = cidr.exec(entry);
    if (range !== null) listed.addSubnet(range[1] as string, Number(range[2]), family(range[1] as string));
    else if (isIP(entry) !== 0) listed.addAddress(entry, family(entry));
    else if (entry.startsWith('*.')) suffixes.push(entry.slice(1).toLowerCase());
    else names.add(entry.toLowerCase());
  }
  const named = (host: string): boolean =>
    names.has(host) || suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length);
  const hasRanges = listed.rules.length > 0;

  const refusesAddress = (host: string, address: string): string | undefined => {
    // ::ffff:169.254.169.254 is the same machine; BlockList matches mapped addresses against IPv4 rules.
    if (never.check(address, family(address)) || isTranslatedLinkLocal(address))
      return `${address} is a link-local or metadata address, never a target`;
    if (loopback.check(address, family(address))) return undefined;
    if (named(plainHost(host)) || listed.check(address, family(address))) return undefined;
    return `${address} is not in allowedTargets`;
  };
  return {
    refusesAddress,
    refusesHost(host) {
      const plain = plainHost(host);
      if (isIP(plain) !== 0) return refusesAddress(plain, plain);
      if (plain === 'localhost' || plain.endsWith('.localhost') || named(plain) || hasRanges)
        return undefined;
      return `${plain} is not in allowedTargets`;
    },
  };
};
