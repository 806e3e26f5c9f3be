import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIPv6, type LookupFunction } from 'node:net';
import { PsaHostNotAllowedError } from '../../ports/psa/psa.errors.js';

/** Ranges that are not the public Internet (IANA special-purpose registries); IPv4-mapped IPv6 is matched as IPv4. */
const RANGES: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 9, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const NOT_PUBLIC = new BlockList();
for (const [network, prefix, family] of RANGES) NOT_PUBLIC.addSubnet(network, prefix, family);

/** Whether an IP address belongs to the public Internet: not private, loopback, link-local, multicast or reserved. */
export function isPublicAddress(address: string): boolean {
  return !NOT_PUBLIC.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Resolves a name to all its addresses. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that fails with PsaHostNotAllowedError when a name has any address outside the public Internet.
 * The socket connects to the very addresses that were looked at, so a name cannot be public at first and private later.
 */
export function publicLookup(resolveAll: ResolveAll = resolve): LookupFunction {
  return (hostname, options, done) => {
    resolveAll(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '');
      const refused = addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address));
      if (refused) return done(new PsaHostNotAllowedError(hostname, 'its address is not public'), '');
      if (options.all === true) return done(null, addresses);
      const [first] = addresses;
      done(null, first?.address ?? '', first?.family);
    });
  };
}
