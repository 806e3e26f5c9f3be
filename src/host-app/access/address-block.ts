import { isIPv6 } from 'node:net';

const GROUPS = 8;
/** Groups of 16 bits that name a network, which is what one customer is given at the least (RFC 6177). */
const NETWORK_GROUPS = 4;

/**
 * What one client holds of an address: all of an IPv4 address, the /64 of an IPv6 one, from which it may send with 2^64 addresses. An IPv4
 * address that is written as an IPv6 one (`::ffff:192.0.2.1`) is what it stands for.
 */
export function addressBlock(address: string): string {
  const [bare = ''] = address.split('%');
  if (!isIPv6(bare)) return address;
  const groups = groupsOf(bare);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xff_ff;
  if (!isMapped) return `${groups.slice(0, NETWORK_GROUPS).map(toHex).join(':')}::/64`;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

function groupsOf(address: string): number[] {
  // The URL writes dotted parts as groups, too.
  const sides = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [left = [], right = []] = sides.map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: GROUPS - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function toHex(group: number): string {
  return group.toString(16);
}
