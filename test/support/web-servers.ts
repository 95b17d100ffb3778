import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { text } from 'node:stream/consumers';
import type { EgressEngineOptions } from 'hotcell';
import { type Listening, listen } from '../integration/egress/listen.ts';
import { makeCertificate } from './certificate.ts';
import { startDns } from './dns-server.ts';

/** Servers on the loopback, and the options with which an engine lets guests reach them. */
export interface WebServers extends AsyncDisposable {
  readonly http: number;
  readonly https: number;
  /** Certificate of `api.example` and `other.example`, which both have the address 127.0.0.1. */
  readonly ca: string;
  readonly egress: EgressEngineOptions;
}

const mebibyte = Buffer.alloc(1_048_576, 'x');

/**
 * Starts an http and an https server with the same pages: `/echo` returns the request as JSON; `/big` is 4 MiB, `/huge`
 * 64; `/endless` never ends, `/mute` never answers; `/moved` redirects to `/echo`, `/inside` to a metadata service;
 * `/half` breaks off.
 */
export async function startWebServers(): Promise<WebServers> {
  const { cert, key } = makeCertificate(['api.example', 'other.example']);
  const dns = await startDns((name) => (name.endsWith('.example') ? ['127.0.0.1'] : []));
  const [http, https] = await Promise.all([
    listen(createServer(answer)),
    listen(createTlsServer({ cert, key }, answer)),
  ]);
  return {
    http: http.port,
    https: https.port,
    ca: cert,
    egress: { allowLoopbackForTests: true, dnsServers: [dns.address], ca: cert },
    async [Symbol.asyncDispose]() {
      await Promise.all([http, https, dns].map((server: Listening | AsyncDisposable) => server[Symbol.asyncDispose]()));
    },
  };
}

/** The listener of both servers. Errors of requests that were cut are ignored. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  void serve(request, response).catch(() => response.destroy());
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url, headers } = request;
  switch (url) {
    case '/big':
      return send(response, 4);
    case '/huge':
      return send(response, 64);
    case '/endless':
      return send(response, Number.POSITIVE_INFINITY);
    case '/mute':
      return;
    case '/moved':
      return void response.writeHead(302, { location: '/echo' }).end();
    case '/inside':
      return void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    case '/half':
      response.writeHead(200, { 'content-length': 1_000 }).write('half');
      return void setTimeout(() => response.destroy(), 20);
    default:
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, headers, body: await text(request).catch(() => 'cut') }));
  }
}

function send(response: ServerResponse, megabytes: number): void {
  if (Number.isFinite(megabytes)) response.setHeader('content-length', megabytes * mebibyte.length);
  let left = megabytes;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(mebibyte)) return void response.once('drain', more);
    }
    response.end();
  };
  more();
}
