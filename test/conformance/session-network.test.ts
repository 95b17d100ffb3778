import { createEngine, type Session } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebServers, type WebServers } from '../support/web-servers.ts';

let servers: WebServers;
beforeAll(async () => {
  servers = await startWebServers();
});
afterAll(() => servers[Symbol.asyncDispose]());

/**
 * For each language: requests `/echo`, with objects that an earlier call may have kept; leaves an endless answer
 * unread.
 */
const guests = {
  javascript: {
    keep: 'const ask = fetch; let left;',
    ask: "const answer = await ask(inputs + '/echo'); console.log((await answer.json()).url)",
    leave: "left = await fetch(inputs + '/endless'); console.log(left.status)",
    found: "try { await left.bytes() } catch { console.log('over') }",
  },
  python: {
    keep: 'from urllib.request import urlopen as ask\nimport json',
    ask: 'print(json.load(ask(inputs + "/echo"))["url"])',
    leave: 'left = ask(inputs + "/endless")\nprint(left.status)',
    found: 'try: left.read()\nexcept OSError: print("over")',
  },
  bash: {
    keep: 'ask() { curl -sS "$(jq -r . "$HOTCELL_INPUTS")$1"; }',
    ask: 'ask /echo | jq -r .url',
    leave:
      'ask /endless 2>/dev/null | { head -c 1 >seen; cat; } >/dev/null & until [ -s seen ]; do sleep 0.01; done; echo 200',
    found: 'wait; echo over',
  },
} as const;

describe.each([
  ['javascript', 'isolate'],
  ['python', 'docker'],
  ['bash', 'docker'],
  ['python', 'wasm'],
  ['bash', 'wasm'],
] as const)('a session in %s (%s)', (language, backend) => {
  test('reaches allowed addresses in each call, and each call has its own record', async () => {
    const { keep, ask, leave, found } = guests[language];
    // just-bash runs commands one after the other, each until its end.
    const leavesSome = language !== 'bash' || backend !== 'wasm';
    await using engine = createEngine({ egress: servers.egress });
    const network = { allow: [`127.0.0.1:${servers.http}`] };
    await using session: Session = await engine.openSession({
      language,
      backend,
      network,
      limits: { timeoutMs: 20_000 },
    });
    const inputs = `http://127.0.0.1:${servers.http}`;
    const run = async (code: string): Promise<[string, readonly string[] | undefined]> => {
      const result = await session.execute({ code, inputs });
      expect(result, result.error?.message).toMatchObject({ status: 'success', session: { state: 'kept' } });
      return [result.stdout, result.network?.connections.map(({ outcome, reason = '' }) => `${outcome} ${reason}`)];
    };
    expect(await run(keep)).toEqual(['', []]);
    for (let call = 0; call < 3; call += 1) expect(await run(ask)).toEqual(['/echo\n', ['ended ']]);
    if (leavesSome) {
      expect(await run(leave)).toEqual(['200\n', ['cut The job has ended.']]);
      expect(await run(found)).toEqual(['over\n', []]);
    }
    expect(await run(ask)).toEqual(['/echo\n', ['ended ']]);
  });
});

/** A guest in WebAssembly can be interrupted in these waits. */
test.each([
  ['python', 'a server', 'x = 5', 'import urllib.request\nurllib.request.urlopen(inputs + "/mute")', 'print(x)'],
  ['python', 'its stdin', 'x = 5', 'input()', 'print(x)'],
  ['bash', 'a server', 'x=5', 'curl -s "$(jq -r . "$HOTCELL_INPUTS")/mute"', 'echo "$x"'],
] as const)(
  'a session in %s (wasm) that waits for %s is interrupted, and stays',
  async (language, _, keep, wait, show) => {
    await using engine = createEngine({ egress: servers.egress, docker: false });
    const network = { allow: [`127.0.0.1:${servers.http}`] };
    await using session = await engine.openSession({ language, backend: 'wasm', network });
    await session.execute(keep);
    const stdin = (async function* () {
      yield await new Promise<string>(() => undefined);
    })();
    const inputs = `http://127.0.0.1:${servers.http}`;
    const own = wait === 'input()' ? { stdin } : {};
    const late = await session.execute({ code: wait, inputs, limits: { timeoutMs: 1_000 }, ...own });
    expect(late, late.error?.message).toMatchObject({ status: 'timeout', session: { state: 'kept' } });
    expect((await session.execute(show)).stdout).toBe('5\n');
  },
);
