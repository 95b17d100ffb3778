import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { EgressEngineOptions, NetworkPolicy } from 'hotcell';
import { listen, listenRaw } from '../integration/egress/listen.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startDns } from '../support/dns-server.ts';

/** Servers that attacks may reach, servers that they may not reach, and the details that a guest gets. */
export interface AttackNetwork extends AsyncDisposable {
  readonly egress: EgressEngineOptions;
  readonly policy: NetworkPolicy;
  /** The injected secret, which no guest may ever get. */
  readonly secret: string;
  /** `inputs.net` of a program. */
  readonly place: Readonly<Record<string, unknown>>;
  /** Descriptions of breaches; empty if everything held. */
  readonly breaches: readonly string[];
}

/** Addresses that are allowed by name and must still be refused. */
const innerAddresses = [
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '168.63.129.16',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ],
  ...['[::]', '[fe80::1]', '[fd00:ec2::254]', '[::ffff:10.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[2002:7f00:1::]'],
];

/**
 * Starts the servers. `open` is allowed, and its pages are hostile. `guarded` is allowed as `api.example`, gets the
 * secret and echoes it in all ways that it knows. `inner` is not allowed and must get no request.
 */
export async function startAttackNetwork(): Promise<AttackNetwork> {
  const secret = 'sk-Zq81/LmN+0pQ-4711';
  const breaches: string[] = [];
  const { cert, key } = makeCertificate(['api.example']);
  const inner = await listenRaw((socket) => {
    breaches.push('a server that is not allowed was reached');
    socket.destroy();
  });
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.includes('smuggled')) breaches.push(`a request was smuggled: ${request.url}`);
    if (request.headers['x-injected'] !== undefined) breaches.push('a header was made out of another one’s value');
    answer(request, response, inner.port);
  };
  const open = await listen(createServer(serve));
  const guarded = await listen(createTlsServer({ cert, key }, echoSecret));
  const plain = await listenRaw((socket) => {
    socket.on('data', (chunk) => chunk.includes(secret) && breaches.push('a secret went over plain http'));
    socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n');
  });
  let turns = 0;
  const dns = await startDns((name) => {
    if (name === 'api.example') return ['127.0.0.1'];
    if (name === 'inner.example') return ['169.254.169.254'];
    if (name === 'both.example') return ['127.0.0.1', '10.0.0.1'];
    if (name !== 'rebind.example') return [];
    turns += 1;
    return turns % 4 < 2 ? ['127.0.0.1'] : ['169.254.169.254'];
  });
  const names = ['inner.example', 'both.example', 'rebind.example'];
  const hosts = [...innerAddresses, ...names].map((host) => `${host}:${open.port}`);
  return {
    egress: { allowLoopbackForTests: true, dnsServers: [dns.address], ca: cert },
    policy: {
      allow: [`127.0.0.1:${open.port}`, `api.example:${guarded.port}`, `api.example:${plain.port}`, ...hosts],
      inject: [guarded, plain].map(({ port }) => ({ host: `api.example:${port}`, header: 'X-Api-Key', secret })),
      limits: { connections: 200, connectTimeoutMs: 2_000, receivedMb: 64, connectionReceivedMb: 8 },
    },
    secret,
    place: {
      ...{ open: open.port, guarded: guarded.port, plain: plain.port, inner: inner.port },
      ...{ innerAddresses, names },
      // For a comparison, in a form that is not redacted: a guest that finds the secret itself writes BREACH.
      reversed: [...secret].reverse().join(''),
    },
    breaches,
    async [Symbol.asyncDispose]() {
      await Promise.all([inner, open, guarded, plain, dns].map((server) => server[Symbol.asyncDispose]()));
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, innerPort: number): void {
  switch (request.url) {
    case '/mute':
      return;
    case '/endless': {
      const more = (): void => {
        while (!response.destroyed)
          if (!response.write(Buffer.alloc(65_536, 'x'))) return void response.once('drain', more);
      };
      more();
      return;
    }
    case '/drip': {
      const timer = setInterval(() => response.write('x'), 50);
      return void response.on('close', () => clearInterval(timer));
    }
    case '/to-inner':
      return void response.writeHead(302, { location: `http://127.0.0.1:${innerPort}/` }).end();
    case '/to-metadata':
      return void response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    case '/to-file':
      return void response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    case '/loop':
      return void response.writeHead(302, { location: '/loop' }).end();
    default:
      request.resume();
      response.end('fine');
  }
}

/** Echoes the key in headers, names, body and encodings, cut anywhere. */
function echoSecret({ headers }: IncomingMessage, response: ServerResponse): void {
  const key = String(headers['x-api-key'] ?? 'none');
  response.setHeader('X-Echo', key);
  response.setHeader('Set-Cookie', [`key=${key}`, `b64=${Buffer.from(key).toString('base64')}`]);
  response.setHeader(`X-${Buffer.from(key).toString('hex')}`, 'in a name');
  response.write(`<${key}> ${encodeURIComponent(key)} ${JSON.stringify({ key })} ${Buffer.from(key).toString('hex')} `);
  for (const character of key) response.write(character);
  response.end(Buffer.from(` ${Buffer.from(key).toString('base64')} \u00ff`, 'latin1'));
}
