import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type Duplex, Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HeaderInjection, NetworkPolicy } from '../../../src/contract/api/network.ts';
import { Broker } from '../../../src/egress/broker.ts';
import type { GuestResponse } from '../../../src/egress/exchange.ts';
import type { GuestRequest } from '../../../src/egress/http-request.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { type DnsServer, startDns } from '../../support/dns-server.ts';
import { type Listening, listen, listenRaw, never, readAll, refusalOf } from './listen.ts';

const secret = 'sk-3f9c/Zq+81=LmN0pQ';
const names = ['api.example', 'other.example'];
const { cert, key } = makeCertificate([...names, '127.0.0.1']);
let dns: DnsServer;

beforeAll(async () => {
  dns = await startDns((name) => (name.endsWith('.example') ? ['127.0.0.1'] : []));
});
afterAll(() => dns[Symbol.asyncDispose]());

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

const listenHttp = (answer: Answer): Promise<Listening> => listen(createServer(answer));
const listenHttps = (answer: Answer): Promise<Listening> => listen(createTlsServer({ cert, key }, answer));

/** A broker that allows both names at one port; api.example gets the secret. */
function brokerAt(port: number, policy: Partial<NetworkPolicy> = {}): Broker {
  const inject: HeaderInjection[] = [
    { host: `api.example:${port}`, header: 'Authorization', secret: `Bearer ${secret}` },
  ];
  const allow = names.map((name) => `${name}:${port}`);
  const options = { allowLoopbackForTests: true, dnsServers: [dns.address], ca: cert };
  return new Broker({ allow: [...allow, `127.0.0.1:${port}`], inject, ...policy }, options);
}

const get = (url: string, headers: GuestRequest['headers'] = []): GuestRequest => ({ method: 'GET', url, headers });
const textOf = async (response: GuestResponse): Promise<string> =>
  (await readAll(response.body)).bytes.toString('latin1');
const headerOf = (response: GuestResponse, name: string): string | undefined =>
  response.headers.find(([given]) => given.toLowerCase() === name)?.[1];

test.each([
  ['https', 'https', names, listenHttps],
  ['http, which becomes https,', 'http', ['api.example'], listenHttps],
])('a request over %s gets the header of its host, and no other host gets it', async (_, base, hosts, start) => {
  const seen: IncomingMessage[] = [];
  await using server = await start((request, response) => {
    seen.push(request);
    response.end('done');
  });
  await using broker = brokerAt(server.port);
  for (const name of hosts) {
    const response = await broker.forward(get(`${base}://${name}:${server.port}/a?b=c#d`, [['X-Own', 'mine']]), never);
    expect([response.status, await textOf(response)]).toEqual([200, 'done']);
  }
  expect(seen.map(({ url, headers }) => [url, headers.host, headers.authorization, headers['x-own']])).toEqual(
    [
      ['/a?b=c', `api.example:${server.port}`, `Bearer ${secret}`, 'mine'],
      ['/a?b=c', `other.example:${server.port}`, undefined, 'mine'],
    ].slice(0, hosts.length),
  );
  expect(broker.use.connections).toMatchObject(
    hosts.map((host) => ({ host, port: server.port, address: '127.0.0.1', outcome: 'ended' })),
  );
});

test('its echo is taken out of headers and body, in any encoding and however the body is cut', async () => {
  const base64 = Buffer.from(`x${secret}x`).toString('base64');
  await using server = await listenHttps(async (request, response) => {
    const echo = request.headers.authorization ?? '';
    response.setHeader('X-Echo', echo);
    response.setHeader(`X-${Buffer.from(secret).toString('hex')}`, 'in a name');
    for (const character of `\xff\xfe ${echo} ${encodeURIComponent(secret)} ${base64} ${Buffer.from(secret).toString('hex')}`) {
      response.write(Buffer.from(character, 'latin1'));
      await new Promise(setImmediate);
    }
    response.end();
  });
  await using broker = brokerAt(server.port);
  const response = await broker.forward(get(`https://api.example:${server.port}/`), never);
  const body = await textOf(response);
  const name = `authorization@api.example:${server.port}`;
  expect(headerOf(response, 'x-echo')).toBe(`Bearer [redacted:${name}]`);
  expect(response.headers.some(([, value]) => value === 'in a name')).toBe(false);
  expect(body.startsWith(`\xff\xfe Bearer [redacted:${name}] [redacted:${name}] `)).toBe(true);
  expect(body).not.toContain(base64.slice(4, -4));
  expect(broker.redactions).toMatchObject([{ rule: `secret:${name}`, where: 'network' }]);
});

test('of basic credentials the decoded ones are taken out too', async () => {
  await using server = await listenHttps((_request, response) =>
    response.end('login ann:pass-4711-word, with pass-4711-word'),
  );
  const basic = `Basic ${Buffer.from('ann:pass-4711-word').toString('base64')}`;
  await using broker = brokerAt(server.port, {
    inject: [{ host: `api.example:${server.port}`, header: 'Authorization', secret: basic }],
  });
  const body = await textOf(await broker.forward(get(`https://api.example:${server.port}/`), never));
  expect(body).not.toContain('pass-4711-word');
});

test('no answer can hide the secret: no parts, no compression', async () => {
  const asked: unknown[] = [];
  await using server = await listenHttps((request, response) => {
    asked.push(request.headers.range, request.headers['if-range'], request.headers['accept-encoding']);
    if (request.url === '/zipped')
      response.socket?.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n');
    else if (request.url === '/zip') response.setHeader('Content-Encoding', 'gzip').end(gzipSync(secret));
    else response.writeHead(206).end(secret.slice(0, 4));
  });
  await using broker = brokerAt(server.port);
  const sly: GuestRequest['headers'] = [
    ['Range', 'bytes=0-3'],
    ['If-Range', '"x"'],
    ['Accept-Encoding', 'gzip'],
  ];
  const at = `https://api.example:${server.port}`;
  expect(await refusalOf(broker.forward(get(`${at}/zip`, sly), never))).toContain('it is compressed');
  expect(await refusalOf(broker.forward(get(`${at}/zipped`, sly), never))).toContain('it is compressed');
  expect(await refusalOf(broker.forward(get(`${at}/part`, sly), never))).toContain('it is only a part');
  const plain = [undefined, undefined, 'identity'];
  expect(asked).toEqual([...plain, ...plain, ...plain]);
  expect((await broker.forward(get(`https://other.example:${server.port}/part`, sly), never)).status).toBe(206);
});

test('a secret never goes over plain http: a request to its host is made over https, to port 443 where it named none', async () => {
  const heard: Buffer[] = [];
  await using server = await listenRaw((socket) => socket.once('data', (chunk) => socket.end(void heard.push(chunk))));
  const policy = {
    allow: ['*:443', `*:${server.port}`],
    inject: ['api.example', `api.example:${server.port}`].map((host) => ({ host, header: 'X-Key', secret })),
    limits: { connectTimeoutMs: 1_000 },
  };
  await using broker = new Broker(policy, { allowLoopbackForTests: true, dnsServers: [dns.address], ca: cert });
  expect(await refusalOf(broker.forward(get(`http://api.example:${server.port}/`), never))).toContain(
    'TLS with api.example',
  );
  // The first byte of a TLS handshake.
  expect(heard.map((chunk) => chunk[0])).toEqual([0x16]);
  await broker.forward(get('http://api.example/'), never).catch(() => undefined);
  expect(broker.use.connections.map(({ host, port }) => [host, port])).toEqual([
    ['api.example', server.port],
    ['api.example', 443],
  ]);
});

test.each<[string, Partial<GuestRequest>]>([
  ['a line end in a value', { headers: [['X', 'a\r\nAuthorization: b']] }],
  ['a lone line feed in a value', { headers: [['X', 'a\nb']] }],
  ['a null byte in a value', { headers: [['X', 'a\0b']] }],
  ['a line end in a name', { headers: [['X: y\r\nZ', 'a']] }],
  ['a space in a name', { headers: [['Content-Length ', '1']] }],
  [
    'a name twice',
    {
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
      ],
    },
  ],
  [
    'two sizes',
    {
      headers: [
        ['Content-Length', '1'],
        ['Content-Length', '2'],
      ],
      body: Buffer.from('x'),
    },
  ],
  ['a list of sizes', { headers: [['Content-Length', '1, 1']], body: Buffer.from('x') }],
  ['a signed size', { headers: [['Content-Length', '+1']], body: Buffer.from('x') }],
  ['a size in hexadecimal', { headers: [['Content-Length', '0x1']], body: Buffer.from('x') }],
  ['a wrong size', { headers: [['Content-Length', '2']], body: Buffer.from('x') }],
  ['a size without a body', { headers: [['Content-Length', '5']] }],
  ['its own framing', { headers: [['Transfer-Encoding', 'chunked']], body: Buffer.from('0\r\n\r\n') }],
  ['hidden framing', { headers: [['transfer-encoding', 'xchunked']] }],
  [
    'an upgrade',
    {
      headers: [
        ['Upgrade', 'websocket'],
        ['Connection', 'upgrade'],
      ],
    },
  ],
  ['a header named as meant for one hop', { headers: [['Connection', 'close, authorization']] }],
  ['a header for the proxy', { headers: [['Proxy-Authorization', 'x']] }],
  ['trailers', { headers: [['Trailer', 'X']] }],
  ['another host', { headers: [['Host', 'other.example']] }],
  ['the injected header', { headers: [['AUTHORIZATION', 'Bearer mine']] }],
  ['TRACE', { method: 'TRACE' }],
  ['CONNECT', { method: 'CONNECT' }],
  ['a method with a space', { method: 'GET / HTTP/1.1\r\nX: y' }],
  ['a method in small letters', { method: 'get' }],
  ['too many headers', { headers: Array.from({ length: 129 }, (_, index) => [`X-${index}`, '1'] as const) }],
  ['a header that is too long', { headers: [['X', 'a'.repeat(70_000)]] }],
])('a request with %s is refused before anything is sent', async (_, part) => {
  let connections = 0;
  await using server = await listenRaw((socket) => {
    connections += 1;
    socket.end();
  });
  await using broker = brokerAt(server.port);
  const request = { ...get(`http://api.example:${server.port}/`), ...part };
  expect(await refusalOf(broker.forward(request, never))).toMatch(/^refused: The request is refused: /);
  expect(connections).toBe(0);
  expect(broker.use.connections).toMatchObject([{ outcome: 'refused' }]);
});

test.each([
  'ftp://api.example/',
  '//api.example/',
  '/path',
  'http:api.example',
  'http:///path',
  'http://user:pass@api.example/',
  'http://other.example@api.example/',
  'http://api.example\\@other.example/',
  'http://api.example/\r\nX: y',
  'http://api.example/ HTTP/1.1',
  'http://api.example/é',
  'http://api.example\0.other.example/',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://127.1/',
  'http://[::ffff:127.0.0.1%25lo]/',
  'http://api.example:99999/',
  ' http://api.example/',
  `http://api.example/${'a'.repeat(20_000)}`,
])('the URL %j is refused', async (url) => {
  await using broker = new Broker({ allow: ['*:80', '127.0.0.1:80'] });
  expect(await refusalOf(broker.forward(get(url), never))).toMatch(/^refused: The request is refused: the URL/);
});

test('a body longer or shorter than announced never becomes a second request', async () => {
  const bodies: string[] = [];
  await using server = await listenHttp(async (request, response) => {
    bodies.push((await readAll(request).catch(() => ({ bytes: Buffer.from('cut') }))).bytes.toString());
    response.end('done');
  });
  await using broker = brokerAt(server.port, { inject: [] });
  const post = (size: string | undefined, text: string): Promise<GuestResponse> =>
    broker.forward(
      {
        method: 'POST',
        url: `http://api.example:${server.port}/`,
        headers: size === undefined ? [] : [['Content-Length', size]],
        body: Readable.from([Buffer.from(text)]),
      },
      never,
    );
  const wrong = 'refused: The request is refused: the header content-length is not the size of the body.';
  expect(await refusalOf(post('3', 'abcGET /admin HTTP/1.1\r\n\r\n'))).toBe(wrong);
  expect(await refusalOf(post('30', 'abc'))).toBe(wrong);
  expect(await textOf(await post('3', 'abc'))).toBe('done');
  expect(await textOf(await post(undefined, 'abcd'))).toBe('done');
  expect(bodies.filter((body) => body !== 'cut' && body !== '')).toEqual(['abc', 'abcd']);
});

test.each([
  ['two framings', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two sizes', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd'],
  ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX: a\rY: b\r\n\r\n'],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['endless headers', `HTTP/1.1 200 OK\r\n${'X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4_000)}`],
  ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
  ['nothing', ''],
])('an answer of %s is not valid', async (_, answer) => {
  await using server = await listenRaw((socket) => socket.once('data', () => socket.end(answer)));
  await using broker = brokerAt(server.port);
  expect(await refusalOf(broker.forward(get(`http://api.example:${server.port}/`), never))).toMatch(
    /^(failed|refused): /,
  );
  expect(broker.use.connections).toHaveLength(1);
});

test('an answer that stops, drips or never ends is cut with its reason', async () => {
  await using server = await listenHttps((request, response) => {
    response.setHeader('Content-Length', 10_000_000);
    response.write('some');
    if (request.url === '/break') setTimeout(() => request.socket.destroy(), 50);
    if (request.url === '/flood') response.end(Buffer.alloc(9_999_996));
  });
  const limits = { idleTimeoutMs: 1_500, connectionReceivedMb: 1 };
  await using broker = brokerAt(server.port, { limits });
  const endOf = async (path: string): Promise<string> =>
    (await readAll((await broker.forward(get(`https://api.example:${server.port}${path}`), never)).body)).end;
  expect(await endOf('/stop')).toBe('cut: The connection was idle for 1500 ms.');
  expect(await endOf('/flood')).toBe('cut: The connection has received the 1 MiB that it is allowed.');
  expect(await endOf('/break')).toBe('failed: The server ended the connection before its answer was complete.');
  expect(broker.use.connections.map(({ outcome }) => outcome)).toEqual(['cut', 'cut', 'failed']);
});

test('a certificate that is not for the host, or not trusted, is refused', async () => {
  await using server = await listenHttps((_request, response) => response.end());
  await using broker = brokerAt(server.port, { allow: [`third.example:${server.port}`] });
  expect(await refusalOf(broker.forward(get(`https://third.example:${server.port}/`), never))).toMatch(
    /^failed: TLS with third.example failed: .*altnames/,
  );
  await using strict = new Broker(
    { allow: [`api.example:${server.port}`] },
    { allowLoopbackForTests: true, dnsServers: [dns.address] },
  );
  expect(await refusalOf(strict.forward(get(`https://api.example:${server.port}/`), never))).toContain('self-signed');
});

test('a server that never agrees on TLS is cut in time', async () => {
  await using server = await listenRaw((socket) => socket.resume());
  await using broker = brokerAt(server.port, { limits: { connectTimeoutMs: 200 } });
  expect(await refusalOf(broker.forward(get(`https://api.example:${server.port}/`), never))).toContain('within 200 ms');
});

test('a redirect is answered as it is, or followed through the same checks, without what was injected', async () => {
  const seen: [string | undefined, string | undefined, string | undefined][] = [];
  await using server = await listenHttps((request, response) => {
    const { host, authorization, cookie } = request.headers;
    seen.push([`${request.method} ${host?.split(':')[0]}${request.url}`, authorization, cookie]);
    const [, to] = /^\/to\?(.*)$/.exec(request.url ?? '') ?? [];
    if (to === undefined) response.end('arrived');
    else response.writeHead(302, { Location: decodeURIComponent(to).replace('SECRET', authorization ?? '') }).end();
  });
  await using broker = brokerAt(server.port);
  const at = (name: string, path: string): string => `https://${name}:${server.port}${path}`;
  const follow = (to: string, redirects = 3): Promise<GuestResponse> =>
    broker.forward(
      {
        method: 'POST',
        url: at('api.example', `/to?${encodeURIComponent(to)}`),
        headers: [['Cookie', 'a=b']],
        body: Buffer.from('x'),
      },
      never,
      redirects,
    );
  expect((await follow(at('other.example', '/x'), 0)).status).toBe(302);
  seen.length = 0;
  expect(await textOf(await follow(at('other.example', '/x')))).toBe('arrived');
  expect(await textOf(await follow('/same'))).toBe('arrived');
  expect(seen).toEqual([
    [expect.stringContaining('POST api.example/to'), `Bearer ${secret}`, 'a=b'],
    ['GET other.example/x', undefined, undefined],
    [expect.stringContaining('POST api.example/to'), `Bearer ${secret}`, 'a=b'],
    ['GET api.example/same', `Bearer ${secret}`, 'a=b'],
  ]);
  for (const [to, reason] of [
    ['http://169.254.169.254/latest/meta-data', 'does not allow 169.254.169.254'],
    ['https://elsewhere.example/', 'does not allow elsewhere.example'],
    ['http://0x7f.1/', 'does not allow 127.0.0.1'],
    ['file:///etc/passwd', 'not an absolute http or https URL'],
    [at('other.example', '/?k=SECRET'), 'it contains an injected secret'],
    ['http://', 'it is not a URL'],
  ] as const) {
    expect(await refusalOf(follow(to)), to).toContain(reason);
  }
  const loop = `/to?${encodeURIComponent('/to?%2Fto%3F%2Fx')}`;
  expect(await refusalOf(follow(loop, 1))).toContain('more than 1 redirects');
});

test('the signal cuts a request before and while it is answered, and the end of the job leaves no socket', async () => {
  await using server = await listenHttps((request, response) => {
    if (request.url === '/half') response.write('half');
  });
  const broker = brokerAt(server.port);
  const url = `https://api.example:${server.port}`;
  expect(await refusalOf(broker.forward(get(`${url}/never`), AbortSignal.timeout(200)))).toContain('cut: ');
  const stop = new AbortController();
  const response = await broker.forward(get(`${url}/half`), stop.signal);
  stop.abort();
  expect((await readAll(response.body)).end).toBe('cut: The guest closed the connection.');
  const open = await broker.forward(get(`${url}/half`), never);
  await broker[Symbol.asyncDispose]();
  expect((await readAll(open.body)).end).toBe('cut: The job has ended.');
  await expect.poll(() => server.open).toBe(0);
});

test('whenever a guest gives up, no socket and no place is left taken', async () => {
  await using server = await listenHttps((request, response) => {
    response.write('begin');
    setTimeout(() => (request.url === '/0' ? request.socket.destroy() : response.end('end')), 5);
  });
  const broker = brokerAt(server.port, { limits: { openConnections: 4 } });
  const once = async (index: number): Promise<string> => {
    const signal = AbortSignal.timeout(index % 30);
    try {
      const request = get(`https://api.example:${server.port}/${index % 3}`);
      return (await readAll((await broker.forward(request, signal)).body)).end;
    } catch (error) {
      return refusalOf(Promise.reject(error));
    }
  };
  const ends: string[] = [];
  for (let index = 0; index < 120; index += 4) {
    ends.push(...(await Promise.all([0, 1, 2, 3].map((by) => once(index + by)))));
  }
  expect(
    ends.filter((end) => !/^(ended$|cut: The guest closed the connection|failed: The server ended)/.test(end)),
  ).toEqual([]);
  expect(broker.use.connections).toHaveLength(120);
  await broker[Symbol.asyncDispose]();
  await expect.poll(() => server.open).toBe(0);
});

test('through a tunnel the guest speaks TLS itself', async () => {
  await using server = await listenHttps((request, response) =>
    response.end(request.headers.authorization ?? 'nothing injected'),
  );
  await using broker = brokerAt(server.port);
  const socket = connectTls({
    socket: await broker.connect('api.example', server.port, never),
    servername: 'api.example',
    ca: cert,
  });
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: api.example\r\nConnection: close\r\n\r\n');
  expect((await readAll(socket)).bytes.toString()).toContain('nothing injected');
});

test.each([
  ['a tunnel', 'tunnel'],
  ['http', 'http'],
  ['https, redacted', 'https'],
])('a download of 128 MiB through %s is complete', async (_, way) => {
  const chunk = Buffer.alloc(1_048_576, 'all work and no play ');
  const megabytes = 128;
  const send: Answer = async (_request, response) => {
    for (let sent = 0; sent < megabytes; sent += 1) {
      if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
    }
    response.end();
  };
  await using server = await (way === 'https' ? listenHttps(send) : listenHttp(send));
  await using broker = brokerAt(server.port, way === 'https' ? {} : { inject: [] });
  const begun = process.cpuUsage();
  const at = performance.now();
  const stream =
    way === 'tunnel'
      ? await broker.connect('127.0.0.1', server.port, never)
      : (await broker.forward(get(`${way}://api.example:${server.port}/`), never)).body;
  if (way === 'tunnel') (stream as Duplex).write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let bytes = 0;
  for await (const piece of stream) bytes += (piece as Buffer).length;
  const { user, system } = process.cpuUsage(begun);
  const rates = { wall: bytes / 1e3 / (performance.now() - at), cpu: bytes / (user + system) };
  if (process.env.HOTCELL_EGRESS_RATES) process.stderr.write(`${way} ${JSON.stringify(rates)}\n`);
  expect(bytes).toBeGreaterThanOrEqual(megabytes * 1_048_576);
});
