import { expect } from 'vitest';
import type { WebServers } from '../support/web-servers.ts';
import type { ConformanceCase } from './case.ts';

const secret = 'sk-4711-Zq81LmN0pQ';

/** The allowed network, reached in each language's own way. */
export function networkCases({ http, https, ca }: WebServers): readonly ConformanceCase[] {
  const plain = `http://127.0.0.1:${http}`;
  const allow = [`127.0.0.1:${http}`];
  const ended = { host: '127.0.0.1', port: http, address: '127.0.0.1', outcome: 'ended' };
  return [
    {
      name: 'an allowed address answers, and the record shows it',
      request: { network: { allow }, inputs: plain },
      guests: {
        javascript: {
          code: `const answer = await fetch(inputs + '/echo?a=b#c', { method: 'POST', body: 'é', headers: { 'X-Own': 'mine' } });
const { method, url, headers, body } = await answer.json();
[answer.status, answer.ok, answer.headers.get('content-type'), method, url, headers['x-own'], body]`,
        },
        python: {
          code: `import json, urllib.request
request = urllib.request.Request(inputs + "/echo?a=b#c", "é".encode(), {"X-Own": "mine"})
with urllib.request.urlopen(request) as answer:
    got = json.load(answer)
[answer.status, answer.status == 200, answer.headers["content-type"], got["method"], got["url"], got["headers"]["x-own"], got["body"]]`,
        },
        bash: {
          code: `url=$(jq -r . "$HOTCELL_INPUTS")
curl -sS -D head -o body -H 'X-Own: mine' -d é "$url/echo?a=b#c"
jq -c --arg type "$(sed -n 's/^content-type: \\(.*\\)\\r/\\1/p' head)" '[200, true, $type, .method, .url, .headers["x-own"], .body]' body >"$HOTCELL_VALUE"`,
        },
      },
      check(result) {
        expect(result).toMatchObject({
          status: 'success',
          value: [200, true, 'application/json', 'POST', '/echo?a=b', 'mine', 'é'],
          stderr: '',
          network: { connections: [ended], unrecorded: 0, limits: { openConnections: 16 } },
        });
        expect(result.network?.connections[0]?.bytesOut).toBeGreaterThan(50);
      },
    },
    {
      name: 'an address that is not allowed is refused, with a sentence for the guest and in the record',
      request: { network: { allow }, inputs: `http://127.0.0.1:${https}/` },
      guests: {
        javascript: { code: 'await fetch(inputs).catch((error) => `${error.name} ${error.message}`)' },
        python: {
          code: `import urllib.error, urllib.request
try: urllib.request.urlopen(inputs)
except urllib.error.HTTPError as error: said = f"{error.code} {error.read().decode()}"
said`,
        },
        bash: {
          code: `curl -sS "$(jq -r . "$HOTCELL_INPUTS")" | jq -Rc . >"$HOTCELL_VALUE"`,
        },
      },
      check(result) {
        const reason = `The network of this job does not allow 127.0.0.1, port ${https}.`;
        expect(result).toMatchObject({
          status: 'success',
          value: expect.stringContaining(reason),
          network: { connections: [{ host: '127.0.0.1', port: https, outcome: 'refused', reason, bytesIn: 0 }] },
        });
      },
    },
    {
      name: 'a header is injected over https, and its echo is taken out; the guest sends none and sees none',
      request: {
        network: {
          allow: [`api.example:${https}`],
          inject: [{ host: `api.example:${https}`, header: 'Authorization', secret: `Bearer ${secret}` }],
        },
      },
      guests: {
        javascript: {
          inputs: `https://api.example:${https}/echo`,
          code: 'const answer = await (await fetch(inputs)).json(); console.log(JSON.stringify(answer)); answer.headers.authorization',
        },
        // Behind a proxy, https would be an opaque tunnel; so programs use http, and the broker makes it https.
        python: {
          inputs: `http://api.example:${https}/echo`,
          code: `import json, urllib.request
answer = json.load(urllib.request.urlopen(inputs))
print(json.dumps(answer))
answer["headers"]["authorization"]`,
        },
        bash: {
          inputs: `http://api.example:${https}/echo`,
          code: `curl -sS "$(jq -r . "$HOTCELL_INPUTS")" | tee /dev/stderr | jq -c .headers.authorization >"$HOTCELL_VALUE"`,
        },
      },
      check(result) {
        const name = `authorization@api.example:${https}`;
        expect(result).toMatchObject({
          status: 'success',
          value: `Bearer [redacted:${name}]`,
          network: { connections: [{ host: 'api.example', port: https, outcome: 'ended' }] },
        });
        expect(result.redactions).toContainEqual({ rule: `secret:${name}`, count: 1, where: 'network' });
        expect(JSON.stringify(result)).not.toContain(secret);
      },
    },
    {
      name: 'https belongs to the guest if nothing is injected',
      request: { network: { allow: ['*:443', `other.example:${https}`] }, files: { 'ca.pem': ca } },
      guests: {
        javascript: { code: `(await (await fetch('https://other.example:${https}/echo')).json()).url` },
        python: {
          code: `import json, ssl, urllib.request
trust = ssl.create_default_context(cafile="ca.pem")
json.load(urllib.request.urlopen("https://other.example:${https}/echo", context=trust))["url"]`,
        },
        bash: {
          code: `curl -sS --cacert ca.pem https://other.example:${https}/echo | jq -c .url >"$HOTCELL_VALUE"`,
        },
      },
      check: (result) =>
        expect(result).toMatchObject({
          status: 'success',
          value: '/echo',
          stderr: '',
          // If the guest left a tunnel open, or closed it just now, the end of the job may cut it.
          network: {
            connections: [{ host: 'other.example', port: https, outcome: expect.stringMatching(/ended|cut/) }],
          },
        }),
    },
    {
      name: 'without an allowed address there is no network at all',
      request: { network: { allow: [] } },
      guests: {
        javascript: { code: '[typeof fetch, typeof Request, typeof Response, typeof Headers].join()' },
        python: {
          code: `import os, socket
try: socket.create_connection(("127.0.0.1", 3128), 2); said = "connected"
except OSError: said = "undefined"
",".join([said, *(os.environ.get(name, "undefined") for name in ("HTTP_PROXY", "https_proxy", "ALL_PROXY"))])`,
        },
        bash: {
          code: `(exec 3<>/dev/tcp/127.0.0.1/3128) 2>/dev/null && said=connected
echo "\\"\${said:-undefined},\${HTTP_PROXY:-undefined},\${https_proxy:-undefined},\${ALL_PROXY:-undefined}\\"" >"$HOTCELL_VALUE"`,
        },
      },
      wasm: {
        // In just-bash, a path below /dev is an ordinary file.
        bash: {
          code: `command -v curl >/dev/null && said=connected
echo "\\"\${said:-undefined},\${HTTP_PROXY:-undefined},\${https_proxy:-undefined},\${ALL_PROXY:-undefined}\\"" >"$HOTCELL_VALUE"`,
        },
      },
      check(result) {
        expect(result).toMatchObject({ status: 'success', value: 'undefined,undefined,undefined,undefined' });
        expect(result.network).toBeUndefined();
      },
    },
    {
      name: 'a connection above its limit is cut, and the guest cannot mistake that for its end',
      request: { network: { allow, limits: { connectionReceivedMb: 1 } }, inputs: `${plain}/endless` },
      guests: {
        javascript: { code: `await (await fetch(inputs)).bytes().then(() => 'ended', () => 'cut')` },
        python: {
          code: `import urllib.request
try: urllib.request.urlopen(inputs).read(); said = "ended"
except OSError: said = "cut"
said`,
        },
        bash: {
          code: `curl -s "$(jq -r . "$HOTCELL_INPUTS")" >/dev/null && said=ended
echo "\\"\${said:-cut}\\"" >"$HOTCELL_VALUE"`,
        },
      },
      check(result) {
        const reason = 'The connection has received the 1 MiB that it is allowed.';
        expect(result).toMatchObject({
          status: 'success',
          value: 'cut',
          network: { connections: [{ outcome: 'cut', reason }] },
        });
        expect(result.network?.connections[0]?.bytesIn).toBeLessThan(1_300_000);
      },
    },
    {
      name: 'connections that are open when the job ends are cut, and nothing waits for them',
      request: { network: { allow }, inputs: plain },
      guests: {
        javascript: {
          code: `fetch(inputs + '/mute'); await (await fetch(inputs + '/endless')).headers.get('date') ? 'left' : ''`,
          mode: 'script',
          limits: { timeoutMs: 1_000 },
        },
        python: {
          code: `import threading, time, urllib.request
threading.Thread(target=urllib.request.urlopen, args=(inputs + "/mute",), daemon=True).start()
answer = urllib.request.urlopen(inputs + "/endless")
time.sleep(0.3)
"left"`,
        },
        bash: {
          code: `url=$(jq -r . "$HOTCELL_INPUTS")
curl -s "$url/mute" & curl -s "$url/endless" | head -c 1 >/dev/null; sleep 0.3; echo '"left"' >"$HOTCELL_VALUE"`,
        },
      },
      wasm: {
        // There are no threads; the interpreter releases the program's own objects before its end.
        python: {
          code: `import builtins, urllib.request
builtins.kept = [urllib.request.urlopen(inputs + "/endless") for _ in range(2)]
"left"`,
        },
        bash: { skip: 'just-bash runs one command after the other, each to its end' },
      },
      check(result, language) {
        const isScript = language === 'javascript' || language === 'typescript';
        // A script waits for everything that it started.
        expect(result.status).toBe(isScript ? 'timeout' : 'success');
        expect(result.network?.connections.map(({ outcome }) => outcome)).toEqual(['cut', 'cut']);
        expect(result.network?.connections.map(({ reason }) => reason)).toContain('The job has ended.');
      },
    },
    {
      name: 'stdin that nobody reads does not block connections',
      request: { network: { allow }, inputs: `${plain}/echo`, stdin: 'x'.repeat(2_000_000) },
      guests: {
        javascript: { code: `[(await fetch(inputs)).status, context.stdin.length]` },
        python: {
          code: `import sys, urllib.request
[urllib.request.urlopen(inputs).status, len(sys.stdin.read())]`,
        },
        bash: {
          code: `status=$(curl -s -o /dev/null -w '%{http_code}' "$(jq -r . "$HOTCELL_INPUTS")")
echo "[$status,$(wc -c)]" >"$HOTCELL_VALUE"`,
        },
      },
      check: (result) => expect(result).toMatchObject({ status: 'success', value: [200, 2_000_000] }),
    },
  ];
}
