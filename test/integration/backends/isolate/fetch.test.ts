import { createEngine, type Engine, type ExecutionRequest, type ExecutionResult } from 'hotcell';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWebServers, type WebServers } from '../../../support/web-servers.ts';

let servers: WebServers;
let engine: Engine;
beforeAll(async () => {
  servers = await startWebServers();
  engine = createEngine({ docker: false, wasm: false, egress: servers.egress });
});
afterAll(async () => {
  await engine.close();
  await servers[Symbol.asyncDispose]();
});

function run(code: string, more: Partial<ExecutionRequest> = {}): Promise<ExecutionResult> {
  const host = `127.0.0.1:${servers.http}`;
  return engine.execute({
    language: 'javascript',
    code,
    inputs: `http://${host}`,
    limits: { timeoutMs: 15_000 },
    network: { allow: [host] },
    ...more,
  });
}

test('bodies of all kinds are sent, each with its type and size', async () => {
  const result = await run(`
    const sent = ['é', new URLSearchParams({ a: 'b c' }), new Uint8Array([104, 105]), new TextEncoder().encode('view').buffer, '', 5];
    const seen = [];
    for (const body of sent) {
      const { headers, body: text } = await (await fetch(inputs + '/echo', { method: 'put', body })).json();
      seen.push([headers['content-type'] ?? '', headers['content-length'], text]);
    }
    seen.push((await (await fetch(new Request(inputs + '/echo', { method: 'POST', body: 'mine', headers: [['X-A', 'b']] }))).json()).body);
    seen`);
  const text = 'text/plain;charset=UTF-8';
  expect(result.value, result.error?.message).toEqual([
    [text, '2', 'é'],
    ['application/x-www-form-urlencoded;charset=UTF-8', '5', 'a=b+c'],
    ['', '2', 'hi'],
    ['', '4', 'view'],
    [text, '0', ''],
    [text, '1', '5'],
    'mine',
  ]);
});

test('redirects are followed, shown or refused as is asked for', async () => {
  const result = await run(`
    const said = [];
    for (const redirect of ['follow', 'manual', 'error']) {
      const answer = await fetch(inputs + '/moved', { redirect }).catch((error) => error);
      said.push(answer instanceof Response ? [answer.status, answer.url.replace(inputs, ''), answer.redirected] : answer.message);
    }
    said.push(await fetch(inputs + '/inside').catch(({ message }) => message));
    said`);
  expect(result.value, result.error?.message).toEqual([
    [200, '/echo', true],
    [302, '/moved', false],
    'The response is a redirect, and the request refuses redirects.',
    'The network of this job does not allow 169.254.169.254, port 80.',
  ]);
});

test('a signal ends a request at any stage, and a body is read once', async () => {
  const result = await run(`
    const controller = new AbortController();
    const mute = fetch(inputs + '/mute', { signal: controller.signal }).catch((error) => error.name);
    const answer = await fetch(inputs + '/endless', { signal: controller.signal });
    const body = answer.text().catch((error) => error.name);
    setTimeout(() => controller.abort(), 50);
    const once = await fetch(inputs + '/echo');
    await once.text();
    [await mute, await body, once.bodyUsed, await once.text().catch((error) => error.name),
      await fetch(inputs, { signal: AbortSignal.abort() }).catch((error) => error.name),
      await fetch(inputs + '/mute', { signal: AbortSignal.timeout(30) }).catch((error) => error.name),
      await fetch(inputs + '/half').then((half) => half.text()).catch((error) => error.message)]`);
  expect(result.value, result.error?.message).toEqual([
    ...['AbortError', 'AbortError', true, 'TypeError', 'AbortError', 'TimeoutError'],
    expect.stringContaining('ended the connection before its answer was complete'),
  ]);
  expect(result.network?.connections.filter(({ outcome }) => outcome === 'cut')).toHaveLength(3);
});

test('more requests than may be open wait for their turn', async () => {
  const network = { allow: [`127.0.0.1:${servers.http}`], limits: { openConnections: 2 } };
  const code = `(await Promise.all(Array.from({ length: 20 }, (_, n) => fetch(inputs + '/' + n).then((a) => a.json())))).map(({ url }) => url)`;
  const result = await run(code, { network });
  expect(result.value).toEqual(Array.from({ length: 20 }, (_, index) => `/${index}`));
  expect(result.network?.connections.map(({ outcome }) => outcome)).toEqual(Array(20).fill('ended'));
});

test('what is not read is not fetched beyond its window, and what is read counts for the guest’s memory', async () => {
  const unread = await run(`(await fetch(inputs + '/huge')).status`);
  expect(unread).toMatchObject({ status: 'success', value: 200, network: { connections: [{ outcome: 'cut' }] } });
  expect(unread.network?.connections[0]?.bytesIn).toBeLessThan(8_000_000);
  const read = await run(`(await (await fetch(inputs + '/huge')).bytes()).length`, { limits: { memoryMb: 32 } });
  expect(['error', 'memory_limit']).toContain(read.status);
  expect(await run('1')).toMatchObject({ status: 'success' });
});

test('a script that waits for an answer alone is not through, and one that waits for nothing is', async () => {
  expect(
    await run(`fetch(inputs + '/echo').then((answer) => answer.text()).then(() => console.log('came')); 1`),
  ).toMatchObject({
    status: 'success',
    value: 1,
    stdout: 'came\n',
  });
  expect(await run(`await fetch(inputs + '/mute')`, { limits: { timeoutMs: 300 } })).toMatchObject({
    status: 'timeout',
  });
});

test('headers are kept as the standard has them', async () => {
  const result = await run(`
    const headers = new Headers({ B: ' 2 ', a: '1' });
    headers.append('A', '3'); headers.append('Set-Cookie', 'x=1'); headers.append('set-cookie', 'y=2');
    const copy = new Headers(headers); copy.delete('b'); copy.set('a', 'new');
    [[...headers], headers.get('A'), headers.has('c'), headers.getSetCookie(), [...copy.keys()], copy.get('a'), Object.prototype.toString.call(headers)]`);
  expect(result.value, result.error?.message).toEqual([
    [
      ['a', '1, 3'],
      ['b', '2'],
      ['set-cookie', 'x=1'],
      ['set-cookie', 'y=2'],
    ],
    ...['1, 3', false, ['x=1', 'y=2'], ['a', 'set-cookie', 'set-cookie'], 'new', '[object Headers]'],
  ]);
});
