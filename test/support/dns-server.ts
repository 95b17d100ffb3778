import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

/** The addresses of a name; `undefined` means that the question is never answered. */
export type Zone = (name: string) => readonly string[] | undefined;

/** A DNS server of one zone on the loopback. */
export interface DnsServer extends AsyncDisposable {
  /** `address:port`. */
  readonly address: string;
  /** Names in the questions so far; one question for each kind of address. */
  readonly questions: readonly string[];
}

/** Starts a server for A and AAAA questions, which answers NXDOMAIN for names without addresses. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (query, from) => {
    const { name, end } = readName(query, 12);
    questions.push(name);
    const addresses = zone(name);
    if (!addresses) return;
    const isAaaa = query.readUInt16BE(end) === 28;
    const records = addresses.filter((address) => isIPv6(address) === isAaaa).map((address) => record(address, isAaaa));
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(addresses.length === 0 ? 0x8183 : 0x8180, 2);
    for (const [at, count] of [
      [4, 1],
      [6, records.length],
      [8, 0],
      [10, 0],
    ] as const)
      header.writeUInt16BE(count, at);
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...records]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readName(query: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

/** Refers to the question's name; has a time to live of 0. */
function record(address: string, isAaaa: boolean): Buffer {
  const data = isAaaa ? bytesOfIpv6(address) : Buffer.from(address.split('.').map(Number));
  return Buffer.concat([Buffer.from([0xc0, 12, 0, isAaaa ? 28 : 1, 0, 1, 0, 0, 0, 0, 0, data.length]), data]);
}

function bytesOfIpv6(address: string): Buffer {
  const text = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
