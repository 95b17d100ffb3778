import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { NetworkPolicy } from '../../../src/contract/api/network.ts';
import { defaultNetworkLimits } from '../../../src/contract/api/network-limits.ts';
import { networkUseSchema } from '../../../src/contract/api/network-use.ts';
import { Broker } from '../../../src/egress/broker.ts';
import { startDns } from '../../support/dns-server.ts';
import { listenRaw, never, readAll, refusalOf } from './listen.ts';

const onLoopback = { allowLoopbackForTests: true };
const toLoopback = (port: number, limits: NetworkPolicy['limits'] = {}): Broker =>
  new Broker({ allow: [`127.0.0.1:${port}`], limits }, onLoopback);

test('bytes go both ways, each side ends its own direction, and the record is complete', async () => {
  await using server = await listenRaw((socket) => socket.pipe(socket));
  await using broker = toLoopback(server.port);
  const stream = await broker.connect('127.0.0.1', server.port, never);
  stream.end('hello');
  expect((await readAll(stream)).bytes.toString()).toBe('hello');
  expect(networkUseSchema.parse(broker.use)).toEqual({
    connections: [
      {
        host: '127.0.0.1',
        port: server.port,
        address: '127.0.0.1',
        bytesIn: 5,
        bytesOut: 5,
        ms: expect.any(Number),
        outcome: 'ended',
      },
    ],
    unrecorded: 0,
    limits: defaultNetworkLimits,
  });
});

test.each([
  ['127.0.0.1', 'is a loopback address'],
  ['[::1]', 'is a loopback address'],
  ['::ffff:127.0.0.1', 'is an IPv4 address in disguise'],
  ['169.254.169.254', 'is a metadata service'],
  ['[fd00:ec2::254]', 'is a metadata service'],
  ['10.0.0.1', 'is a private address'],
  ['0.0.0.0', 'is the unspecified network'],
  ['64:ff9b::7f00:1', 'is an IPv4 address in disguise'],
])('%s is refused even if it is allowed', async (host, reason) => {
  await using broker = new Broker({
    allow: [host.includes(':') && !host.startsWith('[') ? `[${host}]:80` : `${host}:80`],
  });
  expect(await refusalOf(broker.connect(host, 80, never))).toContain(reason);
  expect(broker.use.connections).toMatchObject([{ host, port: 80, outcome: 'refused', bytesOut: 0 }]);
});

test.each([
  ['0x7f.1', 80],
  ['2130706433', 80],
  ['0177.0.0.1', 80],
  ['127.1', 80],
  ['１２７.0.0.1', 80],
  ['evil.example\0.api.example.com', 80],
  ['api.example.com\r\nX: y', 80],
  ['api.example.com', 0],
  ['api.example.com', 65_536],
  ['api.example.com', 80.5],
  ['api.example.com', Number.NaN],
])('%j, port %d, is refused unread', async (host, port) => {
  await using broker = new Broker({ allow: ['*:80', 'api.example.com:80'] });
  expect(await refusalOf(broker.connect(host, port, never))).toMatch(/^refused: .* must /);
  expect(networkUseSchema.parse(broker.use).connections).toMatchObject([{ outcome: 'refused' }]);
});

test('what is not allowed is refused before any name is resolved; an empty list denies', async () => {
  await using dns = await startDns(() => ['127.0.0.1']);
  await using broker = new Broker({ allow: [] }, { ...onLoopback, dnsServers: [dns.address] });
  expect(await refusalOf(broker.connect('api.example.com', 443, never))).toBe(
    'refused: The network of this job does not allow api.example.com, port 443.',
  );
  expect(dns.questions).toEqual([]);
});

test('a name is resolved once for each connection, and the connection goes to that answer', async () => {
  let look = 0;
  await using dns = await startDns(() => [`127.0.0.${1 + Math.floor(look++ / 2)}`]);
  await using first = await listenRaw((socket) => socket.end('first'));
  await using _second = await listenRaw((socket) => socket.end('second'), '127.0.0.2', first.port);
  const allow = [`*.rebind.example:${first.port}`];
  await using broker = new Broker({ allow }, { ...onLoopback, dnsServers: [dns.address] });
  const said = async (): Promise<string> => {
    const stream = await broker.connect('a.REBIND.example.', first.port, never);
    stream.end();
    return (await readAll(stream)).bytes.toString();
  };
  expect([await said(), await said()]).toEqual(['first', 'second']);
  expect(dns.questions).toHaveLength(4);
  expect(broker.use.connections.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.2']);
});

test('one inner address among outer ones refuses the name', async () => {
  const zone: Record<string, string[]> = {
    'mixed.example': ['93.184.215.14', '169.254.169.254'],
    'mapped.example': ['93.184.215.14', '::ffff:127.0.0.1'],
    'inner.example': ['10.0.0.1'],
    'loop6.example': ['::1'],
    'nat64.example': ['64:ff9b::a9fe:a9fe'],
  };
  await using dns = await startDns((name) => zone[name] ?? []);
  await using broker = new Broker({ allow: ['*:443'] }, { dnsServers: [dns.address] });
  for (const name of Object.keys(zone)) {
    expect(await refusalOf(broker.connect(name, 443, never)), name).toMatch(
      /^refused: .* has the address .*, which is /,
    );
  }
  expect(await refusalOf(broker.connect('unknown.example', 443, never))).toBe(
    'failed: The name unknown.example has no address (ENOTFOUND).',
  );
  expect(broker.use.connections.every(({ address }) => address === undefined)).toBe(true);
});

test('a DNS server that never answers is cut at the limit, or with the signal, or with the job', async () => {
  await using dns = await startDns(() => undefined);
  const options = { dnsServers: [dns.address] };
  const broker = new Broker({ allow: ['*:443'], limits: { connectTimeoutMs: 200 } }, options);
  const patient = new Broker({ allow: ['*:443'] }, options);
  const stop = new AbortController();
  const late = refusalOf(broker.connect('slow.example', 443, never));
  const stopped = refusalOf(patient.connect('slow.example', 443, stop.signal));
  const left = refusalOf(patient.connect('slow.example', 443, never));
  stop.abort();
  expect(await stopped).toBe('cut: The guest closed the connection.');
  expect(await late).toBe('failed: The connection to slow.example, port 443, was not made within 200 ms.');
  await patient[Symbol.asyncDispose]();
  expect(await left).toBe('cut: The job has ended.');
  await broker[Symbol.asyncDispose]();
});

test('bytes are cut at the limits of a connection and of the job, each way', async () => {
  await using server = await listenRaw((socket) => {
    socket.on('data', () => {});
    const more = (): void => {
      while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
    };
    socket.on('drain', more);
    more();
  });
  const ends = async (limits: NetworkPolicy['limits'], isSending: boolean): Promise<[string, number]> => {
    await using broker = toLoopback(server.port, limits);
    const stream = await broker.connect('127.0.0.1', server.port, never);
    if (isSending) {
      for (let sent = 0; sent < 40 && stream.writable; sent += 1) stream.write(Buffer.alloc(65_536));
      stream.once('drain', () => {});
    }
    const { bytes, end } = isSending ? { bytes: Buffer.alloc(0), end: await ended(stream) } : await readAll(stream);
    return [end, bytes.length];
  };
  const [one, received] = await ends({ connectionReceivedMb: 1 }, false);
  expect(one).toBe('cut: The connection has received the 1 MiB that it is allowed.');
  expect(received).toBeLessThanOrEqual(1_048_576);
  expect((await ends({ receivedMb: 1 }, false))[0]).toBe('cut: The job has received the 1 MiB that it is allowed.');
  expect((await ends({ connectionSentMb: 1 }, true))[0]).toBe(
    'cut: The connection has sent the 1 MiB that it is allowed.',
  );
  expect((await ends({ sentMb: 1 }, true))[0]).toBe('cut: The job has sent the 1 MiB that it is allowed.');
});

test('a job that has used its bytes up gets no further connection', async () => {
  await using server = await listenRaw((socket) => socket.end(Buffer.alloc(2_000_000)));
  await using broker = toLoopback(server.port, { receivedMb: 1 });
  await readAll(await broker.connect('127.0.0.1', server.port, never));
  expect(await refusalOf(broker.connect('127.0.0.1', server.port, never))).toBe(
    'refused: The job has received the 1 MiB that it is allowed.',
  );
});

test('connections are bounded at one time and in all, and their records too', async () => {
  await using server = await listenRaw(() => {});
  await using broker = toLoopback(server.port, { openConnections: 2, connections: 5 });
  const open = (): Promise<unknown> => broker.connect('127.0.0.1', server.port, never);
  await open();
  await open();
  const tooMany = 'refused: The job has 2 connections open, the most that it may have.';
  expect([await refusalOf(open()), await refusalOf(open()), await refusalOf(open())]).toEqual([
    tooMany,
    tooMany,
    tooMany,
  ]);
  expect(await refusalOf(open())).toBe('refused: The job has used all of its 5 connections.');
  await Promise.all(Array.from({ length: 1_200 }, () => refusalOf(open())));
  await broker[Symbol.asyncDispose]();
  expect(broker.use.connections).toHaveLength(1_000);
  expect(broker.use.unrecorded).toBe(206);
});

test('a connection that is idle or lasts too long is cut', async () => {
  await using silent = await listenRaw(() => {});
  await using idle = toLoopback(silent.port, { idleTimeoutMs: 100 });
  expect((await readAll(await idle.connect('127.0.0.1', silent.port, never))).end).toBe(
    'cut: The connection was idle for 100 ms.',
  );

  await using drip = await listenRaw((socket) => {
    const timer = setInterval(() => socket.write('.'), 10);
    socket.on('close', () => clearInterval(timer));
  });
  await using endless = toLoopback(drip.port, { idleTimeoutMs: 1_000, connectionTimeoutMs: 1_500 });
  const { bytes, end } = await readAll(await endless.connect('127.0.0.1', drip.port, never));
  expect(end).toBe('cut: The connection lasted longer than its limit.');
  expect(bytes.length).toBeGreaterThan(3);
});

test('a server that resets or refuses is a failure with its reason', async () => {
  await using server = await listenRaw((socket) => socket.once('data', () => socket.resetAndDestroy()));
  await using broker = new Broker({ allow: [`127.0.0.1:${server.port}`, '127.0.0.1:1'] }, onLoopback);
  const stream = await broker.connect('127.0.0.1', server.port, never);
  stream.write('x');
  expect((await readAll(stream)).end).toBe('failed: The connection failed: read ECONNRESET.');
  expect(await refusalOf(broker.connect('127.0.0.1', 1, never))).toContain('ECONNREFUSED');
});

test('the signal and the end of the job destroy what is open; then nothing new comes', async () => {
  await using server = await listenRaw((socket) => socket.pipe(socket));
  const broker = toLoopback(server.port);
  const stop = new AbortController();
  const stopped = await broker.connect('127.0.0.1', server.port, stop.signal);
  const left = await broker.connect('127.0.0.1', server.port, never);
  stop.abort();
  expect(await ended(stopped)).toBe('cut: The guest closed the connection.');
  const [, end] = await Promise.all([broker[Symbol.asyncDispose](), ended(left)]);
  expect(end).toBe('cut: The job has ended.');
  expect(await refusalOf(broker.connect('127.0.0.1', server.port, never))).toBe('cut: The job has ended.');
  await expect.poll(() => server.open).toBe(0);
});

test('what is left unread holds the sender back, and is there after the sender has gone', async () => {
  let written = 0;
  await using server = await listenRaw((socket) => {
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      for (let goesOn = true; goesOn && written < 100_000_000; written += chunk.length) goesOn = socket.write(chunk);
    };
    socket.on('drain', more);
    more();
  });
  await using broker = toLoopback(server.port);
  (await broker.connect('127.0.0.1', server.port, never)).read(0);
  await sleep(500);
  expect(written).toBeLessThan(50_000_000);

  await using brief = await listenRaw((socket) => socket.end(Buffer.alloc(30_000)));
  await using other = toLoopback(brief.port);
  const stream = await other.connect('127.0.0.1', brief.port, never);
  stream.end();
  stream.read(0);
  await sleep(200);
  expect((await readAll(stream)).bytes.length).toBe(30_000);
});

/** The error with which a stream ends. */
async function ended(stream: NodeJS.EventEmitter): Promise<string> {
  const [error] = (await once(stream, 'error')) as [unknown];
  return refusalOf(Promise.reject(error));
}
