import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const run = promisify(execFile);

test('the demo completes if no Docker engine answers, and says how each language ran', async () => {
  const env = { ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const { stdout } = await run(process.execPath, [`${root}scripts/demo.mjs`], { cwd: root, env, timeout: 120_000 });
  const ways = [...stdout.matchAll(/^(\w+) +success +(\w+) \(/gm)].map(([, language, backend]) => [language, backend]);
  expect(ways).toEqual([
    ['javascript', 'isolate'],
    ['typescript', 'isolate'],
    ['python', 'wasm'],
    ['bash', 'wasm'],
  ]);
  expect(stdout).toContain('No Docker engine answers, so Python and Bash run in WebAssembly');
}, 130_000);
