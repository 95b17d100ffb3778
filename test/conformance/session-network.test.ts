import { createEngine, type Session } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWebServers, type WebServers } from '../support/web-servers.ts';

let servers: WebServers;
beforeAll(async () => {
  servers = await startWebServers();
});
afterAll(() => servers[Symbol.asyncDispose]());

/** In each language: asks for `/echo`, by something that an earlier call may have kept; leaves an endless answer unread. */
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

describe.each(['javascript', 'python', 'bash'] as const)('a session in %s', (language) => {
  test('reaches what it may in each call, and each has a record of its own', async () => {
    const { keep, ask, leave, found } = guests[language];
    await using engine = createEngine({ egress: servers.egress });
    const network = { allow: [`127.0.0.1:${servers.http}`] };
    await using session: Session = await engine.openSession({ language, network, limits: { timeoutMs: 20_000 } });
    const inputs = `http://127.0.0.1:${servers.http}`;
    const run = async (code: string): Promise<[string, readonly string[] | undefined]> => {
      const result = await session.execute({ code, inputs });
      expect(result, result.error?.message).toMatchObject({ status: 'success', session: { state: 'kept' } });
      return [result.stdout, result.network?.connections.map(({ outcome, reason = '' }) => `${outcome} ${reason}`)];
    };
    expect(await run(keep)).toEqual(['', []]);
    for (let call = 0; call < 3; call += 1) expect(await run(ask)).toEqual(['/echo\n', ['ended ']]);
    expect(await run(leave)).toEqual(['200\n', ['cut The job has ended.']]);
    expect(await run(found)).toEqual(['over\n', []]);
    expect(await run(ask)).toEqual(['/echo\n', ['ended ']]);
  });
});
