import { execFile, spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseTables, readOwnAddresses } from '../../../src/egress/own-addresses.ts';

const run = promisify(execFile);

/** In the kernel's format: a machine with a bridge without containers, and a network that is routed to it. */
const fibTrie = `Main:
  +-- 0.0.0.0/0 3 0 4
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 172.17.0.0/16 2 0 2
        +-- 172.17.0.0/31 1 0 0
           |-- 172.17.0.0
              /16 link UNICAST
           |-- 172.17.0.1
              /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
     |-- 198.41.0.0
        /24 host LOCAL
        /16 link UNICAST
Id 77:
  |-- 203.0.114.9
     /32 host LOCAL
`;
const ifInet6 = `00000000000000000000000000000001 01 80 10 80       lo
2a000001000000000000000000000005 02 40 00 c0      br0
`;
const ipv6Route = `2a000001000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001      br0
2a000001000000000000000000000000 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80300001      br0
2a000009000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 80000001       lo
2a00000a000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00100001      br0
`;

test('all that is routed to the machine itself is its own, and its neighbours are not', () => {
  const own = parseTables({ fibTrie, ifInet6, ipv6Route });
  const owned = ['172.17.0.1', '172.17.255.255', '198.41.0.0', '198.41.0.77', '203.0.114.9'];
  const foreign = ['172.17.0.0', '172.17.0.2', '198.41.1.1', '8.8.8.8'];
  expect([...owned, ...foreign].filter((address) => own.check(address, 'ipv4'))).toEqual(owned);
  const owned6 = ['::1', '2a00:1::5', '2a00:1::', '2a00:9::77', '2a00:a::1'];
  const foreign6 = ['2a00:1::6', '2a00:b::1', '2606:4700::1111'];
  expect([...owned6, ...foreign6].filter((address) => own.check(address, 'ipv6'))).toEqual(owned6);
});

test.each([
  { fibTrie: '|-- 1.2.3.4\n/77 host LOCAL', ifInet6: '', ipv6Route: '' },
  { fibTrie: '/32 host LOCAL', ifInet6: '', ipv6Route: '' },
  { fibTrie, ifInet6: '0001 01', ipv6Route: '' },
  { fibTrie, ifInet6: '', ipv6Route: '2a00 40' },
])('a table that is not understood is no table: %o', (tables) => {
  expect(() => parseTables(tables)).toThrow();
});

test('every address of an interface of this machine is its own, and no other', async () => {
  const own = await readOwnAddresses();
  const addresses = Object.values(networkInterfaces()).flatMap(
    (entries) => entries?.map((entry) => entry.address) ?? [],
  );
  expect(addresses.length).toBeGreaterThan(0);
  for (const address of addresses) expect(await own.includes(address), address).toBe(true);
  for (const address of ['8.8.8.8', '2606:4700::1111']) expect(await own.includes(address)).toBe(false);
});

const network = ['-n', '-m', 'sh', '-ec'] as const;
const canMakeNetworks = spawnSync('unshare', [...network, 'ip link add v0 type veth peer name v1']).status === 0;

describe.skipIf(!canMakeNetworks)('in a separate network', () => {
  /** Sets up a network and returns the broker's answer there to a connection to each address. */
  async function refusalsIn(setUp: string, addresses: readonly string[]): Promise<Record<string, string>> {
    const program = `
      import { resolveHost } from ${JSON.stringify(new URL('../../../src/egress/resolve.ts', import.meta.url).href)};
      const answers = {};
      for (const host of ${JSON.stringify(addresses)}) {
        const found = resolveHost({ host, kind: 'address' }, {}, new AbortController().signal);
        answers[host] = await found.then(() => 'allowed', (error) => error.message);
      }
      console.log(JSON.stringify(answers));`;
    const script = `${setUp}\nexec "$0" --input-type=module --disable-warning=ExperimentalWarning -e "$1"`;
    const { stdout } = await run('unshare', [...network, script, process.execPath, program], { timeout: 60_000 });
    return JSON.parse(stdout) as Record<string, string>;
  }

  test('addresses of an interface without a carrier are refused, with their broadcast and a network routed here', async () => {
    const setUp = `ip link set lo up
      ip link add v0 type veth peer name v1
      ip addr add 203.0.115.5/24 brd + dev v0
      ip -6 addr add 2a00:1::5/64 dev v0
      ip link set v0 up
      ip route add local 198.41.0.0/24 dev lo
      ip -6 route add local 2a00:9::/64 dev lo`;
    const own = ['203.0.115.5', '203.0.115.255', '2a00:1::5', '198.41.0.7', '2a00:9::7'];
    const answers = await refusalsIn(setUp, [...own, '203.0.115.6', '2a00:1::6', '8.8.8.8']);
    const refusal = (address: string): string =>
      `${address} is an address of this machine itself; guests reach public addresses only.`;
    expect(answers).toEqual({
      ...Object.fromEntries(own.map((address) => [address, refusal(address)])),
      '203.0.115.6': 'allowed',
      '2a00:1::6': 'allowed',
      '8.8.8.8': 'allowed',
    });
  });

  test('where the tables cannot be read, the kernel is asked about the address', async () => {
    const setUp = `ip link set lo up
      ip link add v0 type veth peer name v1
      ip addr add 203.0.115.5/24 dev v0
      ip link set v0 up
      mount -t tmpfs none /proc`;
    const answers = await refusalsIn(setUp, ['203.0.115.5', '8.8.8.8']);
    expect(answers).toEqual({
      '203.0.115.5': '203.0.115.5 is an address of this machine itself; guests reach public addresses only.',
      '8.8.8.8': 'allowed',
    });
  });
});
