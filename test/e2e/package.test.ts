import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-package-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const program = `
import { createEngine, runSandboxed } from 'hotcell';
const results = await Promise.all([
  runSandboxed({ language: 'javascript', code: 'inputs + 1', inputs: 41 }),
  runSandboxed({ language: 'python', code: 'inputs + 1', inputs: 41 }),
]);
console.log(typeof createEngine, results.map(({ status, value }) => status + ' ' + value).join(', '));
`;

test('the package imports by its own name in the clone', async () => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
    cwd: root,
    timeout: 60_000,
  });
  expect(stdout).toBe('function success 42, success 42\n');
});

test('the packed package works in an empty folder, and its command too', async () => {
  const options = { cwd: folder, timeout: 120_000 };
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
    timeout: 60_000,
  });
  const described = JSON.parse(packed.stdout) as
    | { filename: string; files: { path: string }[] }[]
    | Record<string, { filename: string; files: { path: string }[] }>;
  const [tarball] = Object.values(described);
  const paths = tarball?.files.map(({ path }) => path) ?? [];
  expect(paths).toEqual(
    expect.arrayContaining([
      'bin/hotcell.cjs',
      'bin/node-version.cjs',
      'dist/index.js',
      'dist/index.d.ts',
      'sandbox-images/python/Dockerfile',
      'Dockerfile.runner',
    ]),
  );
  expect(paths.filter((path) => /^(src|test|docs|bench|scripts|shared|node_modules)\//.test(path))).toEqual([]);

  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  await run(
    'npm',
    [
      'install',
      '--prefer-offline',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      join(folder, tarball?.filename ?? ''),
    ],
    options,
  );
  await writeFile(join(folder, 'program.js'), program);
  const { stdout } = await run(process.execPath, ['program.js'], options);
  expect(stdout).toBe('function success 42, success 42\n');
  const command = await run(
    process.execPath,
    ['node_modules/.bin/hotcell', 'run', '-l', 'javascript', '-c', '6 * 7'],
    options,
  );
  expect(command.stdout).toBe('42\n');
});
