/** A report that reads two services which it names: one with a key that never enters the sandbox, one without. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEngine } from 'hotcell';

// Stands for services on the open network. On a machine's own loopback, guests reach it with an option for tests alone.
const services = createServer((request, response) => {
  const isKnown = request.headers.authorization === 'Bearer k-4711-not-for-guests';
  if (request.url === '/orders') response.writeHead(isKnown ? 200 : 401).end(isKnown ? '[12, 30]' : '');
  else response.end('{"EUR": 1.5}');
});
await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
const host = `127.0.0.1:${(services.address() as AddressInfo).port}`;

await using engine = createEngine({ egress: { allowLoopbackForTests: true } });
const network = {
  allow: [host],
  inject: [{ host, header: 'Authorization', secret: 'Bearer k-4711-not-for-guests' }],
};

const report = await engine.execute({
  language: 'python',
  code: `
import json, urllib.request
def read(path):
    return json.load(urllib.request.urlopen(inputs["base"] + path))
sum(read("/orders")) * read("/rates")["EUR"]
`,
  inputs: { base: `http://${host}` },
  network,
});
console.log(report.status, report.value, `${report.network?.connections.length} connections`);

const curious = await engine.execute({
  language: 'bash',
  code: 'curl -sS http://192.0.2.1/ || true; env | grep -c k-4711',
  network,
});
console.log(curious.stdout.trim());
console.log(curious.network?.connections.map(({ host: name, outcome, reason }) => `${name} ${outcome}: ${reason}`));
services.close();
