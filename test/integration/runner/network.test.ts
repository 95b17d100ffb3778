import { beforeAll, expect, test } from 'vitest';
import { cellKinds, engineKinds } from '../../../src/cells/protocol/frame-codec.ts';
import {
  encodeCredit,
  encodeNetwork,
  parseCredit,
  parseNetwork,
  parseRequestHead,
  networkVerbs as verbs,
  windowBytes,
} from '../../../src/cells/protocol/network-messages.ts';
import { buildRunnerImages, RunnerCell, type RunnerImages, runInCell } from '../../support/runner-driver.ts';

let images: RunnerImages;
beforeAll(async () => {
  images = await buildRunnerImages();
});

/** The nth message of a cell about a connection, by its verb. */
async function said(cell: RunnerCell, connection: number, verb: number, nth = 1): Promise<Buffer> {
  let left = nth;
  const { payload } = await cell.waitFor((frame) => {
    const message = frame.kind === cellKinds.network ? parseNetwork(frame.payload) : undefined;
    return message?.connection === connection && message.verb === verb && --left === 0;
  });
  return Buffer.from(parseNetwork(payload)?.rest ?? []);
}
const tell = (cell: RunnerCell, connection: number, verb: number, rest?: string | Uint8Array): Promise<void> =>
  cell.send(engineKinds.network, encodeNetwork(connection, verb, rest));
const opened = JSON.stringify({ status: 200, url: '', isRedirected: false, headers: [['X-A', 'b']] });
const url = 'http://a.example:81/b?c';

test('a request is passed on as it was written, its body behind it, and the answer comes back', async () => {
  await using cell = new RunnerCell(images, 'bash');
  const code = `curl -sS -i -A me -H 'X-Own: é' -d some ${url} | tr -d '\\r'`;
  await cell.sendJob({ language: 'bash', code, network: 1 });
  const head = parseRequestHead(`${await said(cell, 1, verbs.request)}`);
  const latin = Buffer.from('é').toString('latin1');
  expect(head).toMatchObject({ method: 'POST', url, hasBody: true, redirects: 0 });
  expect(head?.headers.slice(0, 4)).toEqual([
    ['Host', 'a.example:81'],
    ['User-Agent', 'me'],
    ['Accept', '*/*'],
    ['Proxy-Connection', 'Keep-Alive'],
  ]);
  expect(head?.headers).toContainEqual(['X-Own', latin]);
  expect(`${await said(cell, 1, verbs.data)}`).toBe('some');
  await said(cell, 1, verbs.end);
  await tell(cell, 1, verbs.opened, opened);
  await tell(cell, 1, verbs.data, 'fine');
  await tell(cell, 1, verbs.end);
  expect(await cell.outcome()).toMatchObject({
    stdout: 'HTTP/1.1 200 \nX-A: b\nConnection: close\n\nfine',
    crash: '',
  });
});

test.each([
  ['refused', 403],
  ['failed', 502],
  ['cut', 504],
])('a wish that was %s is answered with its reason', async (outcome, status) => {
  await using cell = new RunnerCell(images, 'bash');
  const code = `curl -sS -o body -w '%{http_code} ' ${url}; cat body; curl -sS -p ${url} 2>&1`;
  await cell.sendJob({ language: 'bash', code, network: 1 });
  await said(cell, 1, verbs.request);
  await tell(cell, 1, verbs.reset, JSON.stringify({ outcome, message: 'Not é.\nX' }));
  expect(`${await said(cell, 2, verbs.connect)}`).toBe('a.example:81');
  await tell(cell, 2, verbs.reset, JSON.stringify({ outcome, message: 'No tunnel.' }));
  const { stdout } = await cell.outcome();
  expect(stdout).toContain(`${status} Not é.\nX\n`);
  expect(stdout).toContain(`response ${status}`);
});

test('bytes go through a tunnel in both directions, each in its window, and credit follows what is read', async () => {
  await using cell = new RunnerCell(images, 'python');
  const code = `
import socket
s = socket.create_connection(("127.0.0.1", 3128))
s.sendall(b"CONNECT a.example:443 HTTP/1.1\\r\\n\\r\\nhello")
head = s.recv(39)
s.sendall(b"x" * 1_000_000)
s.shutdown(socket.SHUT_WR)
got = 0
while part := s.recv(65536):
    got += len(part)
[head.decode(), got]`;
  await cell.sendJob({ language: 'python', code, network: 1 });
  expect(`${await said(cell, 1, verbs.connect)}`).toBe('a.example:443');
  await tell(cell, 1, verbs.opened);
  let taken = 0;
  for (let nth = 1; taken < windowBytes; nth += 1) taken += (await said(cell, 1, verbs.data, nth)).length;
  expect(taken).toBe(windowBytes);
  // More arrives only after credit, and then exactly that many bytes.
  for (let nth = 1; taken < 1_000_005; nth += 1) {
    await cell.send(engineKinds.network, encodeCredit(1, 65_536));
    taken = 0;
    for (let part = 1; taken < Math.min(1_000_005, windowBytes + nth * 65_536); part += 1) {
      taken += (await said(cell, 1, verbs.data, part)).length;
    }
  }
  await said(cell, 1, verbs.end);
  await tell(cell, 1, verbs.data, Buffer.alloc(200_000));
  expect(parseCredit(await said(cell, 1, verbs.credit))).toBeGreaterThanOrEqual(65_536);
  await tell(cell, 1, verbs.end);
  const value = JSON.stringify(['HTTP/1.1 200 Connection established\r\n\r\n', 200_000]).replaceAll(',', ', ');
  expect(await cell.outcome()).toMatchObject({ value, crash: '' });
});

test('an answer that nobody reads holds up neither other connections nor the verdict', async () => {
  await using cell = new RunnerCell(images, 'python', { timeoutMs: 20_000 });
  const code = `
import socket, urllib.request
stuck = socket.create_connection(("127.0.0.1", 3128))
stuck.sendall(b"GET http://a.example/ HTTP/1.1\\r\\n\\r\\n")
urllib.request.urlopen("http://b.example/").read().decode()`;
  await cell.sendJob({ language: 'python', code, network: 1 });
  await said(cell, 1, verbs.request);
  await tell(cell, 1, verbs.opened, opened);
  for (let sent = 0; sent < windowBytes; sent += 65_536) await tell(cell, 1, verbs.data, Buffer.alloc(65_536));
  await said(cell, 2, verbs.request);
  await tell(cell, 2, verbs.opened, opened);
  await tell(cell, 2, verbs.data, 'through');
  await tell(cell, 2, verbs.end);
  expect(await cell.outcome()).toMatchObject({ verdict: { end: 'completed' }, value: '"through"', crash: '' });
});

test('a guest that goes away resets its connection, and what still comes for it is dropped', async () => {
  await using cell = new RunnerCell(images, 'bash');
  const code = `exec 3<>/dev/tcp/127.0.0.1/3128; printf 'GET http://a.example/ HTTP/1.1\\r\\n\\r\\n' >&3
    read -r -n 1 <&3; exec 3>&-; sleep 1; echo over`;
  await cell.sendJob({ language: 'bash', code, network: 1 });
  await said(cell, 1, verbs.request);
  await tell(cell, 1, verbs.opened, opened);
  for (let sent = 0; sent < windowBytes; sent += 65_536) await tell(cell, 1, verbs.data, Buffer.alloc(65_536));
  await said(cell, 1, verbs.reset);
  await tell(cell, 1, verbs.end);
  expect(await cell.outcome()).toMatchObject({ stdout: 'over\n', crash: '' });
});

test.each([
  ['a connection that nobody opened', 1, (cell: RunnerCell) => tell(cell, 1, verbs.end)],
  ['a job without a network', 0, (cell: RunnerCell) => tell(cell, 1, verbs.end)],
  ['stdin', 1, (cell: RunnerCell) => tell(cell, 0, verbs.data, 'x')],
])('a message for %s is a broken protocol', async (_, network, speak) => {
  await using cell = new RunnerCell(images, 'bash');
  await cell.sendJob({ language: 'bash', code: 'echo up; sleep 10', network });
  await cell.waitFor(({ kind }) => kind === cellKinds.stdout);
  await speak(cell);
  await expect(cell.outcome()).rejects.toThrow(/exit code 70/);
});

test('a connection that its guest broke keeps its descriptor until the runner closes it, and no other is closed for it', async () => {
  const code = `import os, socket, sys
sys.path.append("/opt/hotcell")
from runner.network.proxy_connection import of_socket
fd = socket.socket().detach()
of_socket(fd, lambda end: end.shutdown(socket.SHUT_WR))
os.close(fd)
of_socket(fd, lambda end: end.shutdown(socket.SHUT_WR))`;
  expect(await runInCell(images, { language: 'python', code })).toMatchObject({
    stderr: '',
    verdict: { end: 'completed' },
  });
});
