import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'acorn';
import { afterAll, beforeAll, expect, test } from 'vitest';

/**
 * This Node, taken for an older one: what is read before the version is known has to be in the syntax of old ones, which
 * the test that parses it is for.
 */
const root = new URL('../..', import.meta.url).pathname;
let folder: string;
let pretend: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hotcell-node-version-')));
  pretend = join(folder, 'pretend.cjs');
  await writeFile(pretend, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' });");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of a package on a Node that says it is version 20, up to a signal after its first output. */
async function onOldNode(program: string, args: readonly string[] = [], signal?: NodeJS.Signals): Promise<Ended> {
  const child = spawn(process.execPath, ['--require', pretend, program, ...args], {
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  if (signal !== undefined) child.stdout.once('data', () => child.kill(signal));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exit: await exited, stdout, stderr };
}

/** A package that has only what is read before the version is known; `node` lies beside it, in this version. */
async function packageIn(name: string, node?: string): Promise<string> {
  const path = join(folder, name, 'node_modules/hotcell');
  await cp(join(root, 'bin'), join(path, 'bin'), { recursive: true });
  if (node !== undefined) {
    await mkdir(join(path, '../node'));
    await writeFile(join(path, '../node/package.json'), JSON.stringify({ version: node }));
  }
  return path;
}

test('in a clone, the command runs on the Node that the set-up installed', async () => {
  // Another path to the same program, so that it is not taken for the one that runs.
  const clone = join(folder, 'clone');
  await cp(join(root, 'bin'), join(clone, 'bin'), { recursive: true });
  await mkdir(join(clone, 'node_modules/node/bin'), { recursive: true });
  await cp(join(root, 'node_modules/node/package.json'), join(clone, 'node_modules/node/package.json'));
  await cp(process.execPath, join(clone, 'node_modules/node/bin/node'));
  await symlink(join(root, 'dist'), join(clone, 'dist'));
  const command = join(clone, 'bin/hotcell.cjs');
  expect(await onOldNode(command, ['run', '-l', 'javascript', '-c', 'console.log("hi"); throw 1'])).toMatchObject({
    exit: 1,
    stdout: 'hi\n',
  });
  const code = 'console.log("up"); for (;;);';
  const stopped = await onOldNode(command, ['run', '-l', 'javascript', '-c', code], 'SIGTERM');
  expect(stopped).toMatchObject({ exit: 130, stderr: expect.stringContaining('CANCELLED') });
});

test('without one, it says in one sentence what to do, and so does the installation', async () => {
  const path = await packageIn('bare');
  const told =
    /^hotcell needs Node 24 or newer, and this is Node 20\.20\.2 \(\S+\)\. Install it from https:\/\/nodejs\.org, or add it to your project with "npm install node@24" first\.\n$/;
  expect(await onOldNode(join(path, 'bin/hotcell.cjs'), ['--help'])).toEqual({
    exit: 69,
    stdout: '',
    stderr: expect.stringMatching(told),
  });
  expect(await onOldNode(join(path, 'bin/node-version.cjs'))).toEqual({
    exit: 1,
    stdout: '',
    stderr: expect.stringMatching(told),
  });
});

test('the installation goes on where a new Node is installed along with it, and on a new Node', async () => {
  const installs = async (path: string): Promise<Ended> => await onOldNode(join(path, 'bin/node-version.cjs'));
  expect(await installs(await packageIn('with-new', '24.21.0'))).toEqual({ exit: 0, stdout: '', stderr: '' });
  expect((await installs(await packageIn('with-old', '22.1.0'))).exit).toBe(1);
  await import(join(root, 'bin/node-version.cjs'));
});

test('a clone without its set-up is told of the set-up', async () => {
  const path = join(folder, 'fresh');
  await cp(join(root, 'bin'), join(path, 'bin'), { recursive: true });
  await cp(join(root, 'scripts/setup.mjs'), join(path, 'scripts/setup.mjs'));
  const { exit, stderr } = await onOldNode(join(path, 'bin/hotcell.cjs'));
  expect({ exit, isTold: stderr.includes('Run "npm run setup": it installs Node 24') }).toEqual({
    exit: 69,
    isTold: true,
  });
});

test('what an old Node reads is in a syntax that it knows', () => {
  for (const name of ['hotcell.cjs', 'node-version.cjs']) {
    const source = readFileSync(join(root, 'bin', name), 'utf8');
    // Node 12 knows import(), which ECMAScript has since 2020; of all the rest, only what is in the fifth edition.
    const code = source.replaceAll('import(', 'load(');
    expect(() => parse(code, { ecmaVersion: 5, allowHashBang: true })).not.toThrow();
  }
});
