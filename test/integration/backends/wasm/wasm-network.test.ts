import { createEngine, type Engine, type ExecutionRequest, type ExecutionResult } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startWebServers, type WebServers } from '../../../support/web-servers.ts';

let servers: WebServers;
let engine: Engine;
beforeAll(async () => {
  servers = await startWebServers();
  engine = createEngine({ docker: false, isolate: false, egress: servers.egress });
});
afterAll(async () => {
  await engine.close();
  await servers[Symbol.asyncDispose]();
});

function run(
  language: 'python' | 'bash',
  code: string,
  more: Partial<ExecutionRequest> = {},
): Promise<ExecutionResult> {
  const host = `127.0.0.1:${servers.http}`;
  const inputs = { http: `http://${host}`, https: `https://api.example:${servers.https}` };
  const network = { allow: [host, `api.example:${servers.https}`] };
  return engine.execute({ language, code, inputs, network, limits: { timeoutMs: 20_000 }, ...more });
}

describe('Python', () => {
  test('http.client goes the same way: methods, bodies larger than a window, answers piece by piece', async () => {
    const result = await run(
      'python',
      `import http.client, json
from urllib.parse import urlsplit
plain = http.client.HTTPConnection(urlsplit(inputs["http"]).netloc, timeout=5)
said = []
for method, path, body in (("PUT", "/echo", b"p" * 1_000_000), ("HEAD", "/echo", None), ("DELETE", "/echo?x", None)):
    plain.request(method, path, body)
    answer = plain.getresponse()
    said.append([answer.status, len(json.loads(answer.read() or b'{"body": ""}')["body"])])
plain.request("GET", "/big")
answer = plain.getresponse()
said.append([len(answer.read(10)), len(answer.read()), answer.read()== b""])
secure = http.client.HTTPSConnection(urlsplit(inputs["https"]).netloc)
secure.request("GET", "/echo")
said.append(json.load(secure.getresponse())["url"])
said`,
    );
    const sizes = [[10, 4_194_294, true], '/echo'];
    expect(result.value, result.error?.stack).toEqual([[200, 1_000_000], [200, 0], [200, 0], ...sizes]);
    expect(result.network?.connections.map(({ outcome }) => outcome)).toEqual(Array(5).fill('ended'));
  });

  test('failures are exceptions that say why: refused, too late, broken off', async () => {
    const result = await run(
      'python',
      `import urllib.error, urllib.request
def attempt(address, **how):
    try: return urllib.request.urlopen(address, **how).read().decode()
    except urllib.error.HTTPError as error: return f"{error.code} {error.reason}"
    except OSError as error: return f"{type(error).__name__} {error}"
[attempt("http://198.51.100.7/"), attempt("https://198.51.100.7/"), attempt(inputs["http"] + "/inside"),
 attempt(inputs["http"] + "/mute", timeout=1.0), attempt(inputs["http"] + "/half")]`,
    );
    const refusal = (port: number): string => `The network of this job does not allow 198.51.100.7, port ${port}.`;
    expect(result.value, result.error?.stack).toEqual([
      `403 ${refusal(80)}`,
      `URLError <urlopen error Tunnel connection failed: 403 ${refusal(443)}>`,
      '403 The network of this job does not allow 169.254.169.254, port 80.',
      'TimeoutError timed out',
      expect.stringContaining('The server ended the connection before its answer was complete.'),
    ]);
  });

  test('waiting for a server is no processor time, and a cancel ends it at once', async () => {
    const code = 'import urllib.request\nurllib.request.urlopen(inputs["http"] + "/mute")';
    const late = await run('python', code, { limits: { timeoutMs: 5_000, cpuMs: 4_000 } });
    expect(late).toMatchObject({ status: 'timeout', error: { code: 'WALL_TIMEOUT' } });
    const controller = new AbortController();
    const tools = { ask: { description: 'Comes first.', input: z.any(), run: () => void setTimeout(abort, 300) } };
    const abort = (): void => controller.abort();
    // A request that ignores the cancel would wait for its timeout, which this test does not reach.
    const limits = { timeoutMs: 300_000 };
    const cancelled = await run('python', `tools.ask()\n${code}`, { signal: controller.signal, tools, limits });
    expect(cancelled.status).toBe('cancelled');
    expect((await run('python', '6 * 7')).value).toBe(42);
  });

  test('connections that nobody closes are refused above the limit, and tools answer meanwhile', async () => {
    const result = await run(
      'python',
      `import urllib.request
held = [urllib.request.urlopen(inputs["http"] + "/endless") for _ in range(2)]
try: urllib.request.urlopen(inputs["http"] + "/echo")
except OSError as error: said = error.read().decode()
first = held[0].read(3)
held[0].close()
[said, first.decode(), tools.echo(7), urllib.request.urlopen(inputs["http"] + "/echo").status]`,
      {
        network: { allow: [`127.0.0.1:${servers.http}`], limits: { openConnections: 2 } },
        tools: { echo: { description: 'Answers 8.', input: z.any(), run: () => 8 } },
      },
    );
    expect(result.value, result.error?.stack).toEqual([expect.stringContaining('2'), 'xxx', 8, 200]);
  });
});

describe('curl', () => {
  const curl = (script: string, more: Partial<ExecutionRequest> = {}): Promise<ExecutionResult> =>
    run('bash', `h=$(jq -r .http "$HOTCELL_INPUTS"); t=$(jq -r .https "$HOTCELL_INPUTS")\n${script}`, more);

  test('sends data, forms, files and headers, with the right methods', async () => {
    const result = await curl(
      `cd files; show() { jq -c '[.method, .url, .headers["content-type"], .body]'; }
curl -s -d a=1 --data-urlencode 'b=c d&é' "$h/echo" | show
curl -sG -d a=1 -d @lines "$h/echo?q" | show
curl -s --json '{"a":1}' -X PATCH "$h/echo" | show
curl -s -T lines "$h/echo" | show
printf in | curl -s --data-binary @- "$h/echo" | show
curl -s -F 'a=b' -F 'file=@lines;type=text/x' "$h/echo" | jq -r .body | tr -d '\\r' | grep -v -e --
curl -s -u 'me:pässword' -A mine -e there -b c=1 -H 'X-Own: o' -H 'Accept:' "$h/echo" | jq -c '.headers | [.authorization, .["user-agent"], .referer, .cookie, .["x-own"], .accept]'
curl -s --data-binary @bytes "$h/echo" | jq '.headers["content-length"]'`,
      { files: { 'files/lines': 'x\ny\n', 'files/bytes': new Uint8Array([0, 255, 128, 10]) } },
    );
    const form = 'application/x-www-form-urlencoded';
    expect(result.stdout.split('\n'), result.stderr).toEqual([
      `["POST","/echo","${form}","a=1&b=c%20d%26%C3%A9"]`,
      '["GET","/echo?q&a=1&xy",null,""]',
      '["PATCH","/echo","application/json","{\\"a\\":1}"]',
      '["PUT","/echo",null,"x\\ny\\n"]',
      `["POST","/echo","${form}","in"]`,
      'Content-Disposition: form-data; name="a"',
      '',
      'b',
      'Content-Disposition: form-data; name="file"; filename="lines"',
      'Content-Type: text/x',
      '',
      'x',
      'y',
      '',
      '',
      '["Basic bWU6cMOkc3N3b3Jk","mine","there","c=1","o",null]',
      '"4"',
      '',
    ]);
  });

  test('writes answers to the requested places, byte by byte, and follows redirects only on request', async () => {
    const result = await curl(
      `curl -s -o big "$h/big"; wc -c <big; curl -s -O "$h/echo"; jq -r .url echo
curl -s -o /dev/null -w '%{http_code} %{content_type} %{size_download}\\n' "$h/moved"
curl -sL -w '\\n%{http_code} %{url_effective}\\n' "$h/moved" | tail -1 | sed "s#$h##"
curl -sI "$t/echo" | head -1 | tr -d '\\r'; curl -si "$h/moved" | grep -c ^location
curl -s "$h/echo" "$h/echo" | jq -c .url; curl -sf "$h/echo" >/dev/null; echo $?`,
    );
    expect(result.stdout, result.stderr).toBe(
      ' 4194304\n/echo\n302  0\n200 /echo\nHTTP/1.1 200 \n1\n"/echo"\n"/echo"\n0\n'.replace(
        ' 4194304',
        /^ *4194304/.exec(result.stdout)?.[0] ?? '',
      ),
    );
  });

  test('ends with the codes that curl has, and a sentence', async () => {
    const result = await curl(
      `for words in "http://198.51.100.7/" "-f http://198.51.100.7/" "https://198.51.100.7/" "-m 0.1 $h/mute" "$h/half" "--nonsense" "" "-d @missing $h/echo"; do
curl -sS $words >out; echo "$?"; done; timeout 0.2 curl -s "$h/mute"; echo "$?"; command -v curl`,
    );
    expect(result.stdout.split('\n').slice(0, 9)).toEqual(['0', '22', '56', '28', '56', '2', '2', '26', '124']);
    expect(result.stderr.split('\n')).toEqual([
      'curl: (22) The requested URL returned error: 403',
      'curl: (56) CONNECT tunnel failed, response 403: The network of this job does not allow 198.51.100.7, port 443.',
      'curl: (28) Operation timed out',
      'curl: (56) Recv failure: The server ended the connection before its answer was complete.',
      'curl: option --nonsense: is unknown here',
      'curl: no URL specified',
      expect.stringContaining('curl: (26) ENOENT'),
      '',
    ]);
  });
});
