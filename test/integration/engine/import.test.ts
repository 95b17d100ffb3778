/** What a program pays that only imports the package, or makes engines: each test runs in a fresh process. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const hotcell = new URL('../../../src/index.ts', import.meta.url).href;

/** What the program writes as JSON. It must end by itself. */
async function run(program: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--no-node-snapshot', '--input-type=module', '-e', program],
    { timeout: 150_000 },
  );
  return JSON.parse(stdout);
}

const world = `
  import { registerHooks } from 'node:module';
  // Node's own modules open these, and a program's last words need them anyway.
  void [process.stdout, process.stderr];
  const loaded = [];
  registerHooks({
    load(url, context, next) {
      loaded.push(url);
      return next(url, context);
    },
  });
  const selfTests = () => loaded.filter((url) => url.includes('/src/self-test/')).length;
  const listeners = () => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
`;

test('importing the package adds no listener, holds nothing open, and does not load the self-test', async () => {
  const outcome = await run(`${world}
    const before = { listeners: listeners(), resources: process.getActiveResourcesInfo() };
    await import('${hotcell}');
    const after = { listeners: listeners(), resources: process.getActiveResourcesInfo() };
    console.log(JSON.stringify({ before, after, selfTests: selfTests(), isLoaded: loaded.includes('${hotcell}') }));
  `);
  const { before } = outcome as { before: unknown };
  expect(outcome).toEqual({ before, after: before, selfTests: 0, isLoaded: true });
});

test('an engine without calls adds no listener either; the self-test is loaded when it runs', async () => {
  const outcome = await run(`${world}
    const { createEngine } = await import('${hotcell}');
    const before = listeners();
    const engine = createEngine({ docker: false, isolate: false, wasm: false });
    const made = listeners() - before;
    const unloaded = selfTests();
    const [first] = await engine.selfTest();
    await engine.close();
    console.log(JSON.stringify({ made, unloaded, isLoaded: selfTests() > 0, first: typeof first.verdict }));
  `);
  expect(outcome).toEqual({ made: 0, unloaded: 0, isLoaded: true, first: 'string' });
});

test('thirty engines in use have one listener together and no warning, which goes with the last of them', async () => {
  const outcome = await run(`${world}
    const warnings = [];
    process.on('warning', ({ message }) => warnings.push(message));
    const { createEngine } = await import('${hotcell}');
    const docker = { address: 'unix:///nowhere/docker.sock' };
    const engines = Array.from({ length: 30 }, () => createEngine({ docker, isolate: false, wasm: false }));
    const calls = engines.map((engine) => engine.execute({ language: 'bash', code: 'true' }));
    const codes = new Set((await Promise.all(calls)).map(({ error }) => error?.code));
    const used = process.listenerCount('beforeExit');
    await Promise.all(engines.map((engine) => engine.close()));
    await new Promise((resolve) => setImmediate(resolve));
    console.log(JSON.stringify({ warnings, codes: [...codes], used, closed: process.listenerCount('beforeExit') }));
  `);
  expect(outcome).toEqual({ warnings: [], codes: ['BACKEND_UNAVAILABLE'], used: 1, closed: 0 });
});
