import { createEngine, type Session } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebServers, type WebServers } from '../support/web-servers.ts';

let servers: WebServers;
beforeAll(async () => {
  servers = await startWebServers();
});
afterAll(() => servers[Symbol.asyncDispose]());

/** In each language: asks for `/echo`, by something that an earlier call may have kept; waits for an answer that never comes; leaves an endless answer unread. */
const guests = {
  javascript: {
    keep: 'const ask = fetch; let left;',
    ask: "const answer = await ask(inputs + '/echo'); console.log((await answer.json()).url)",
    wait: "await ask(inputs + '/mute')",
    leave: "left = await fetch(inputs + '/endless'); console.log(left.status)",
    found: "try { await left.bytes() } catch { console.log('over') }",
  },
  python: {
    keep: 'from urllib.request import urlopen as ask\nimport json',
    ask: 'print(json.load(ask(inputs + "/echo"))["url"])',
    wait: 'ask(inputs + "/mute")',
    leave: 'left = ask(inputs + "/endless")\nprint(left.status)',
    found: 'try: left.read()\nexcept OSError: print("over")',
  },
  bash: {
    keep: 'ask() { curl -sS "$(jq -r . "$HOTCELL_INPUTS")$1"; }',
    ask: 'ask /echo | jq -r .url',
    wait: 'ask /mute',
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
  test('reaches what it may in each call, and each has a record of its own', async () => {
    const { keep, ask, leave, found } = guests[language];
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
    // In WebAssembly a shell leaves nothing in the background.
    if (language === 'bash' && backend === 'wasm') return;
    expect(await run(leave)).toEqual(['200\n', ['cut The job has ended.']]);
    expect(await run(found)).toEqual(['over\n', []]);
    expect(await run(ask)).toEqual(['/echo\n', ['ended ']]);
  });

  test('is interrupted while it waits for an answer, and asks again', async () => {
    const { keep, ask, wait } = guests[language];
    await using engine = createEngine({ egress: servers.egress });
    const network = { allow: [`127.0.0.1:${servers.http}`] };
    await using session: Session = await engine.openSession({ language, backend, network });
    const inputs = `http://127.0.0.1:${servers.http}`;
    await session.execute(keep);
    const stopped = await session.execute({ code: wait, inputs, limits: { timeoutMs: 500 } });
    expect(stopped).toMatchObject({ status: 'timeout', session: { state: 'kept' } });
    expect(stopped.network?.connections.map(({ outcome }) => outcome)).toEqual(['cut']);
    expect(await session.execute({ code: ask, inputs })).toMatchObject({ status: 'success', stdout: '/echo\n' });
  });
});
