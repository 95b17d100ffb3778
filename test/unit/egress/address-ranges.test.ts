import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refuseAddress } from '../../../src/egress/address-ranges.ts';

test.each([
  ['169.254.169.254', 'a metadata service'],
  ['168.63.129.16', 'a metadata service'],
  ['100.100.100.200', 'a metadata service'],
  ['fd00:ec2::254', 'a metadata service'],
  ['127.0.0.1', 'a loopback address'],
  ['127.255.255.255', 'a loopback address'],
  ['::1', 'a loopback address'],
  ['0.0.0.0', 'the unspecified network'],
  ['::', 'the unspecified network'],
  ['10.0.0.1', 'a private address'],
  ['172.16.0.1', 'a private address'],
  ['172.31.255.255', 'a private address'],
  ['192.168.1.1', 'a private address'],
  ['fc00::1', 'a private address'],
  ['fdff::1', 'a private address'],
  ['fec0::1', 'a private address'],
  ['100.64.0.1', 'a shared address (carrier-grade NAT)'],
  ['169.254.0.1', 'a link-local address'],
  ['fe80::1', 'a link-local address'],
  ['febf::1', 'a link-local address'],
  ['192.0.0.192', 'reserved for protocols'],
  ['2001::1', 'reserved for protocols'],
  ['2001:0:4136:e378::1', 'reserved for protocols'],
  ['192.0.2.1', 'for documentation only'],
  ['2001:db8::1', 'for documentation only'],
  ['3fff::1', 'for documentation only'],
  ['198.19.255.255', 'for benchmarks only'],
  ['224.0.0.1', 'a multicast address'],
  ['ff02::1', 'a multicast address'],
  ['255.255.255.255', 'the broadcast address'],
  ['240.0.0.1', 'a reserved address'],
  ['4000::1', 'a reserved address'],
  ['5f00::1', 'a reserved address'],
  ['::127.0.0.1', 'a reserved address'],
  ['::ffff:127.0.0.1', 'an IPv4 address in disguise'],
  ['::ffff:93.184.215.14', 'an IPv4 address in disguise'],
  ['::ffff:a9fe:a9fe', 'an IPv4 address in disguise'],
  ['::ffff:0:127.0.0.1', 'an IPv4 address in disguise'],
  ['64:ff9b::7f00:1', 'an IPv4 address in disguise'],
  ['64:ff9b:1::a9fe:a9fe', 'an IPv4 address in disguise'],
  ['2002:7f00:1::', 'an IPv4 address in disguise'],
  ['2606:4700::5efe:7f00:1', 'an IPv4 address in disguise'],
  ['2606:4700::0200:5efe:10.0.0.1', 'an IPv4 address in disguise'],
  ['fe80::1%eth0', 'not an address'],
  ['0x7f.0.0.1', 'not an address'],
  ['example.com', 'not an address'],
])('%s is %s', (address, what) => {
  expect(refuseAddress(address)).toBe(what);
});

test.each([
  '93.184.215.14',
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '192.0.1.1',
  '2606:4700::1111',
  '2001:4860:4860::8888',
  '2a00::1',
])('%s is a public address', (address) => {
  expect(refuseAddress(address)).toBeUndefined();
});

/** The same ranges, as numbers. */
const special4: readonly (readonly [network: number, bits: number])[] = [
  [0x00000000, 8],
  [0x0a000000, 8],
  [0x64400000, 10],
  [0x7f000000, 8],
  [0xa83f8110, 32],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0000000, 24],
  [0xc0000200, 24],
  [0xc0586300, 24],
  [0xc0a80000, 16],
  [0xc6120000, 15],
  [0xc6336400, 24],
  [0xcb007100, 24],
  [0xe0000000, 3],
];
const isSpecial4 = (address: number): boolean =>
  special4.some(([network, bits]) => Math.floor(address / 2 ** (32 - bits)) === Math.floor(network / 2 ** (32 - bits)));
const text4 = (address: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

const nearby4 = fc
  .tuple(fc.constantFrom(...special4), fc.integer({ min: -2, max: 2 }), fc.boolean())
  .map(([[network, bits], by, atEnd]) => (network + (atEnd ? 2 ** (32 - bits) : 0) + by + 2 ** 32) % 2 ** 32);

test('IPv4 is refused exactly in the special ranges, up to their edges', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), nearby4), (address) => {
      const text = text4(address);
      expect(refuseAddress(text) !== undefined).toBe(isSpecial4(address));
    }),
    { numRuns: 3_000 },
  );
});

test('no form of a special IPv4 address inside IPv6 is public, and nothing outside 2000::/3 is', () => {
  const groups = (address: number): string =>
    `${Math.floor(address / 65_536).toString(16)}:${(address % 65_536).toString(16)}`;
  const prefixes = [
    '::',
    '::ffff:',
    '::ffff:0:',
    '64:ff9b::',
    '64:ff9b:1::',
    '64:ff9b:1:2:3:4:',
    '2606:4700::5efe:',
    '2a00:1:2:3:200:5efe:',
  ];
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.constantFrom(...prefixes), (address, prefix) => {
      expect(refuseAddress(`${prefix}${groups(address)}`), `${prefix}${groups(address)}`).toBeDefined();
      expect(refuseAddress(`2002:${groups(address)}::1`)).toBeDefined();
    }),
  );
  fc.assert(
    fc.property(
      fc.ipV6().filter((address) => !/^[23][0-9a-f]{3}:/i.test(address)),
      (address) => {
        expect(refuseAddress(address)).toBeDefined();
      },
    ),
  );
});
