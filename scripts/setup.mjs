/**
 * Prepares a fresh clone for work: Node 24 and the packages, the build, a Docker engine, the sandbox images. Each step
 * does only what is missing. Needs Node 18 and npm, but no package: it runs before any is installed. With --prune,
 * images of earlier recipes are removed at the end.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { done, step } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const node = join(modules, '.bin', 'node');
const stamps = join(modules, '.cache', 'hotcell');

try {
  await step('packages', installPackages);
  await step('build', build);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
// The rest uses hotcell's own code, on the Node that was just installed.
const docker = spawn(node, [join(root, 'scripts', 'setup-docker.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: root,
});
docker.once('close', (code) => process.exit(code ?? 1));

/** @param {(line: string) => void} progress */
async function installPackages(progress) {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const version = `v${devDependencies.node}`;
  const wanted = await hashFiles([join(root, 'package-lock.json')], version);
  if ((await readStamp('packages')) === wanted && (await nodeVersion()) === version) {
    return done(`Node ${version}, nothing to do`);
  }

  progress('npm ci');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // The Node that runs npm here may be older than the packages require; no package runs on it.
  await run('npm', ['ci', '--ignore-scripts', '--engine-strict=false', ...quiet], progress);
  progress(`Node ${version}`);
  await run('npm', ['rebuild', 'node', '--engine-strict=false', ...quiet], progress);
  const installed = await nodeVersion();
  if (installed !== version) {
    throw new Error(
      `Cannot install Node ${version}: ${node} is ${installed ?? 'missing'}. Check the network and try again.`,
    );
  }
  await writeStamp('packages', wanted);
  return done(`Node ${version} and the packages are installed`);
}

/** @param {(line: string) => void} progress */
async function build(progress) {
  const sources = [...(await listFiles(join(root, 'src'))), join(root, 'tsconfig.json')];
  const wanted = await hashFiles(sources, (await readStamp('packages')) ?? '');
  const output = join(root, 'dist');
  if ((await readStamp('build')) === wanted && (await exists(join(output, 'index.js')))) return done('nothing to do');

  // Built in another folder and moved into place: nobody sees half a build, and no file of an earlier build stays.
  const fresh = `${output}.${process.pid}`;
  const old = `${fresh}.old`;
  try {
    await run(node, [join(modules, '.bin', 'tsc'), '--project', root, '--outDir', fresh], progress);
    if (await exists(output)) await rename(output, old);
    await rename(fresh, output);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  await writeStamp('build', wanted);
  return done(`${sources.length} files compiled`);
}

/**
 * Runs a program until it ends; if it fails, its last lines are the message.
 * @param {string} command
 * @param {readonly string[]} programArguments
 * @param {(line: string) => void} progress
 * @returns {Promise<void>}
 */
function run(command, programArguments, progress) {
  // npm replaces node_modules, so it must not run on the Node in that folder.
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join('node_modules', '.bin')));
  const env = { ...process.env, PATH: path.join(delimiter) };
  return new Promise((resolve, reject) => {
    const child = spawn(command, programArguments, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const read = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString()).slice(-4_000);
      progress(output.trimEnd().split('\n').pop() ?? '');
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const line = `${command} ${programArguments.join(' ')}`;
    child.once('error', (error) => reject(new Error(`Cannot run ${line}: ${error.message}`)));
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Failed: ${line}\n${output.trim()}`));
    });
  });
}

/** @returns {Promise<string | undefined>} */
function nodeVersion() {
  return new Promise((resolve) => {
    const child = spawn(node, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? output.trim() : undefined));
  });
}

/** @param {readonly string[]} paths @param {string} more @returns {Promise<string>} */
async function hashFiles(paths, more) {
  const hash = createHash('sha256').update(more);
  for (const path of paths) hash.update(`\0${path.slice(root.length)}\0`).update(await readFile(path));
  return hash.digest('hex');
}

/** @param {string} folder @returns {Promise<string[]>} */
async function listFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = entries.map(async (entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? await listFiles(path) : [path];
  });
  return (await Promise.all(lists)).flat().sort();
}

/** @param {string} path */
function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The stamp of a step's last run. @param {string} name @returns {Promise<string | undefined>} */
function readStamp(name) {
  return readFile(join(stamps, name), 'utf8').catch(() => undefined);
}

/** @param {string} name @param {string} content */
async function writeStamp(name, content) {
  await mkdir(stamps, { recursive: true });
  await writeFile(join(stamps, name), content);
}
