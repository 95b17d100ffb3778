import { BlockList, isIPv4, isIPv6 } from 'node:net';

/**
 * Descriptions of ranges, to follow "is". The ranges come from the IANA special-purpose registries (RFC 6890) and from
 * two clouds.
 */
const ranges: readonly (readonly [what: string, ...subnets: string[]])[] = [
  ['a metadata service', '169.254.169.254/32', '168.63.129.16/32', '100.100.100.200/32', 'fd00:ec2::254/128'],
  ['a loopback address', '127.0.0.0/8', '::1/128'],
  ['the unspecified network', '0.0.0.0/8', '::/128'],
  ['a private address', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'],
  ['a shared address (carrier-grade NAT)', '100.64.0.0/10'],
  ['a link-local address', '169.254.0.0/16', 'fe80::/10'],
  ['reserved for protocols', '192.0.0.0/24', '192.88.99.0/24', '2001::/23'],
  ['for documentation only', '192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20'],
  ['for benchmarks only', '198.18.0.0/15'],
  ['a multicast address', '224.0.0.0/4', 'ff00::/8'],
  ['the broadcast address', '255.255.255.255/32'],
  ['a reserved address', '240.0.0.0/4'],
  ['an IPv4 address in disguise', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16'],
];

interface Range {
  readonly what: string;
  readonly version: 'ipv4' | 'ipv6';
  readonly list: BlockList;
}

const refusedRanges: readonly Range[] = ranges.flatMap(([what, ...subnets]) =>
  subnets.map((subnet) => {
    const [network = '', bits] = subnet.split('/');
    const version = isIPv4(network) ? 'ipv4' : 'ipv6';
    const list = new BlockList();
    list.addSubnet(network, Number(bits), version);
    return { what, version, list };
  }),
);

/** The IPv6 addresses assigned to the public network; all others are reserved. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** An interface identifier of ISATAP (RFC 5214, 6.1), which carries an IPv4 address in its last four bytes. */
const isatap = /:(?:0|[123]00):5efe:[0-9a-f]{1,4}:[0-9a-f]{1,4}$/;

/** Why no guest may connect to an address, on any machine, to follow "is"; `undefined` for public addresses. */
export function refuseAddress(address: string): string | undefined {
  const version = isIPv4(address) ? 'ipv4' : 'ipv6';
  if (version === 'ipv6' && (!isIPv6(address) || address.includes('%'))) return 'not an address';
  // `BlockList` checks a mapped address against IPv4 ranges too, which would give the wrong reason.
  const found = refusedRanges.find((range) => range.version === version && range.list.check(address, version));
  if (found) return found.what;
  if (version === 'ipv6') {
    if (!globalUnicast.check(address, version)) return 'a reserved address';
    if (isatap.test(canonical(address))) return 'an IPv4 address in disguise';
  }
  return undefined;
}

/** Whether an address is this machine's loopback, which tests may allow. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}

/** All eight groups, each without leading zeros. */
function canonical(address: string): string {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  if (tail === undefined) return text;
  const [before, after] = [groups(head), groups(tail)];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after].join(':');
}
