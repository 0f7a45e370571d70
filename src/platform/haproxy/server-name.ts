import { isIP } from 'node:net';
import { BalancerRefusedError } from '../../errors.ts';
import type { BalancerTarget } from '../ports/balancer.ts';

const prefix = 'haproxy:';

/** The backend of `haproxy:<backend>`. Throws `BalancerRefused` for anything else, as what HAProxy can't have as a name. */
export const parseBackend = (group: string): string => {
  const backend = group.startsWith(prefix) ? group.slice(prefix.length) : '';
  if (!/^[A-Za-z0-9_.:-]{1,100}$/.test(backend)) {
    throw new BalancerRefusedError(
      `"${group}" names no backend of HAProxy: write haproxy:<backend>, with the name that stands behind "backend" in its configuration`,
    );
  }
  return backend;
};

export const groupOf = (backend: string): string => `${prefix}${backend}`;

/** `10.0.0.5:8080`, `[fd00::1]:8080`. */
export const addressOf = ({ id, port }: BalancerTarget): string =>
  isIP(id) === 6 ? `[${id}]:${port}` : `${id}:${port}`;

/**
 * What stormdrain names a server: whatever has such a name is its own, and may be deleted when nobody wants it.
 * Throws `BalancerRefused` for a target that HAProxy can't reach by address.
 */
export const serverName = (target: BalancerTarget): string => {
  const { id, port } = target;
  if (isIP(id) === 0 || id.includes('%') || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new BalancerRefusedError(
      `HAProxy can't have ${id}:${port} as a server: it takes an IP address and a port from 1 to 65535`,
    );
  }
  return `sd-${id.toLowerCase().replaceAll(/[.:]/g, '-')}-${port}`;
};

export const isOwnServer = (name: string): boolean => name.startsWith('sd-');
