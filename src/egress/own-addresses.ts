/**
 * Theory of operation. A connection to any of this machine's addresses reaches its own services, which its firewall may
 * hide from others. On Linux the kernel's routing tables list these addresses, including those of an idle interface (a
 * bridge without containers), whole networks that are routed to the machine itself, and the broadcast and anycast
 * addresses of its networks. Node's list of interfaces has none of these. Without such tables, the code asks the kernel
 * about the one address: a socket can be bound only to an address of the machine itself.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { BlockList, isIPv6 } from 'node:net';

/** The addresses that belong to this machine. */
export interface OwnAddresses {
  /** Whether a connection to the address would end at this machine. Rejects if that cannot be determined. */
  includes(address: string): Promise<boolean>;
}

/** The routing tables of this process's network, as texts; those of IPv6 are absent if the kernel has no IPv6. */
export interface RouteTables {
  /** `/proc/net/fib_trie` */
  readonly fibTrie: string;
  /** `/proc/net/if_inet6` */
  readonly ifInet6: string | undefined;
  /** `/proc/net/ipv6_route` */
  readonly ipv6Route: string | undefined;
}

const folder = '/proc/self/net';
/** `RTF_LOCAL` and `RTF_ANYCAST` of linux/ipv6_route.h. */
const ownRoute = 0x8000_0000 | 0x0010_0000;

/** Reads the tables afresh each time: addresses change. */
export async function readOwnAddresses(): Promise<OwnAddresses> {
  const tables = await readTables();
  if (tables === undefined) return { includes: canBind };
  const own = parseTables(tables);
  return { includes: async (address) => own.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') };
}

/**
 * The machine's own addresses in the kernel's tables.
 * @throws {TypeError} if a table has a line that cannot be parsed.
 */
export function parseTables({ fibTrie, ifInet6, ipv6Route }: RouteTables): BlockList {
  const own = new BlockList();
  let leaf = '';
  for (const line of linesOf(fibTrie)) {
    // A leaf of the trie is an address; the lines below it are its routes, by prefix length.
    leaf = /^\|-- ([\d.]+)$/.exec(line)?.[1] ?? leaf;
    const [, length, type] = /^\/(\d+) \S+ ([A-Z]+)/.exec(line) ?? [];
    if (type === 'LOCAL' || type === 'BROADCAST' || type === 'ANYCAST') own.addSubnet(leaf, Number(length), 'ipv4');
  }
  for (const line of linesOf(ifInet6 ?? '')) own.addAddress(readAddress(line.split(/\s+/)[0]), 'ipv6');
  for (const line of linesOf(ipv6Route ?? '')) {
    const [target, length = '', , , , , , , flags = ''] = line.split(/\s+/);
    const bits = Number.parseInt(flags, 16);
    if (Number.isNaN(bits))
      throw new TypeError(`The kernel's table of IPv6 routes has a line that cannot be parsed: ${line}`);
    if ((bits & ownRoute) !== 0) own.addSubnet(readAddress(target), Number.parseInt(length, 16), 'ipv6');
  }
  return own;
}

/** `undefined` if the system has no such tables: it is not Linux, or hides them. */
async function readTables(): Promise<RouteTables | undefined> {
  if (process.platform !== 'linux') return undefined;
  const read = (name: string): Promise<string | undefined> =>
    readFile(`${folder}/${name}`, 'latin1').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  const [fibTrie, ifInet6, ipv6Route] = await Promise.all([read('fib_trie'), read('if_inet6'), read('ipv6_route')]);
  return fibTrie === undefined ? undefined : { fibTrie, ifInet6, ipv6Route };
}

/** Whether a socket can be bound to the address. */
async function canBind(address: string): Promise<boolean> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' });
  try {
    const bound = once(socket, 'listening');
    socket.bind({ address, port: 0, exclusive: true });
    await bound;
    return true;
  } catch (error) {
    // Any other error says nothing about the address.
    if (error instanceof Error && 'code' in error && error.code === 'EADDRNOTAVAIL') return false;
    throw error;
  } finally {
    socket.close();
  }
}

function linesOf(table: string): string[] {
  return table.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

/** 32 hex digits, the kernel's form of IPv6 addresses. */
function readAddress(digits: string | undefined): string {
  if (digits?.length !== 32) throw new TypeError(`The kernel lists an IPv6 address that cannot be parsed: ${digits}`);
  return digits.replaceAll(/....(?!$)/g, '$&:');
}
