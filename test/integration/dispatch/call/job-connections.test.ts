import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { defaultNetworkLimits } from '../../../../src/contract/api/network-limits.ts';
import type { JobNetwork } from '../../../../src/contract/spi/job.ts';
import { JobConnections } from '../../../../src/dispatch/call/job-connections.ts';
import { Broker } from '../../../../src/egress/broker.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { type Listening, listen, never } from '../../egress/listen.ts';

const secret = 'hidden-name-4711';
let server: Listening;
beforeAll(async () => {
  server = await listen(createServer((socket) => socket.pipe(socket)));
});
afterAll(() => server[Symbol.asyncDispose]());

function open(limits: Partial<JobNetwork['limits']> = {}): JobConnections {
  const network: JobNetwork = {
    allow: [`127.0.0.1:${server.port}`],
    inject: [],
    limits: { ...defaultNetworkLimits, ...limits },
  };
  return new JobConnections(
    new Broker(network, { allowLoopbackForTests: true }),
    network,
    createRedactor({ NAME: secret }, {}),
  );
}
const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'connected',
    (error: Error & { outcome?: string }) => `${error.outcome}: ${error.message}`,
  );

test('messages for the guest and the record contain no secret of the job', async () => {
  await using connections = open();
  const told = await messageOf(connections.connect(`${secret}.example`, 443, never));
  expect(told).toBe('refused: The network of this job does not allow [redacted:NAME].example, port 443.');
  const get = { method: 'GET', url: `http://${secret}.example/`, headers: [] };
  expect(await messageOf(connections.forward(get, never, 0))).toContain('[redacted:NAME]');
  const { use } = await connections.finish();
  expect(JSON.stringify(use)).not.toContain(secret);
  expect(use.connections.map(({ host }) => host)).toEqual(['[redacted:NAME].example', '[redacted:NAME].example']);
});

test('a guest whose connections are used up waits for each refusal', async () => {
  await using connections = open({ connections: 1 });
  const stream = await connections.connect('127.0.0.1', server.port, never);
  stream.end();
  stream.resume();
  await once(stream, 'close');
  const startedAt = performance.now();
  expect(await messageOf(connections.connect('127.0.0.1', server.port, never))).toContain('all of its 1 connections');
  expect(performance.now() - startedAt).toBeGreaterThan(90);
  // A job that ends does not wait.
  const over = AbortSignal.abort(new Error('The job has ended.'));
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    expect(await messageOf(connections.connect('127.0.0.1', server.port, over))).not.toBe('connected');
  } finally {
    vi.useRealTimers();
  }
});

test('the end cuts what is open, and says so', async () => {
  await using connections = open();
  const stream = await connections.connect('127.0.0.1', server.port, never);
  stream.on('error', () => undefined);
  const { use } = await connections.finish();
  expect(use).toMatchObject({ connections: [{ outcome: 'cut', reason: 'The job has ended.' }], unrecorded: 0 });
  expect(stream.destroyed).toBe(true);
});
