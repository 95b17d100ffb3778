/** Builds the image of Dockerfile.runner where it is not there yet, and prints its name as the last line. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrapBase, pullBase } from '../src/backends/docker/base-image.ts';
import { connectDocker } from '../src/backends/docker/client.ts';
import { findEngine } from '../src/backends/docker/engine-address.ts';
import { runHostCommand } from '../src/backends/docker/host-command.ts';
import { done, step } from './steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const defaultBase = 'node:24-bookworm-slim';
/** What Node's own binary needs of Debian. */
const packages = ['libstdc++6', 'usr-is-merged'];
const commandTimeoutMs = 300_000;

const client = connectDocker({ address: (await findEngine()).address });
const tag = `hotcell-runner:${(await hashPackage()).slice(0, 12)}`;
try {
  await step('runner image', async (progress) => {
    if (await client.imageDigest(tag)) return done('nothing to do');
    const options = { packages, installTools: true, onProgress: progress };
    const pull = async () => ({ base: await pullBase(client, defaultBase, options), needsNode: false });
    const bootstrap = async () => ({ base: await bootstrapBase(client, options), needsNode: true });
    const { base, needsNode } =
      process.env.HOTCELL_BASE === 'bootstrap' ? await bootstrap() : await pull().catch(bootstrap);
    await build(base, needsNode, progress);
    return done(`built on ${base}`);
  });
  console.log(tag);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  client.close();
}

/**
 * @param {string} base
 * @param {boolean} needsNode Whether the base lacks Node.
 * @param {(line: string) => void} progress
 */
async function build(base, needsNode, progress) {
  const stage = await mkdtemp(join(tmpdir(), 'hotcell-runner-'));
  try {
    const target = join(stage, 'root', 'opt', 'hotcell');
    await mkdir(target, { recursive: true });
    progress('packing');
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', stage], root, progress);
    const archive = (await readdir(stage)).find((name) => name.endsWith('.tgz'));
    if (!archive) throw new Error('Cannot build the runner image: npm pack left no archive.');
    await run('tar', ['-xzf', join(stage, archive), '-C', target, '--strip-components=1'], root, progress);
    await rm(join(stage, archive));

    progress('installing production dependencies');
    await copyFile(join(root, 'package-lock.json'), join(target, 'package-lock.json'));
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['ci', '--omit=dev', '--ignore-scripts', '--engine-strict=false', ...quiet], target, progress);
    if (needsNode) {
      await mkdir(join(stage, 'root', 'usr', 'local', 'bin'), { recursive: true });
      await copyFile(join(root, 'node_modules', '.bin', 'node'), join(stage, 'root', 'usr', 'local', 'bin', 'node'));
    }
    await copyFile(join(root, 'Dockerfile.runner'), join(stage, 'Dockerfile'));

    const archived = ['--create', '--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    const context = spawn('tar', [...archived, '--directory', stage, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const settings = { buildArguments: { BASE: base }, labels: { 'hotcell.runner': tag } };
    await client.buildImage(tag, context.stdout, settings, progress);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} programArguments
 * @param {string} folder
 * @param {(line: string) => void} onLine
 */
function run(command, programArguments, folder, onLine) {
  return runHostCommand(command, programArguments, { folder, onLine, timeoutMs: commandTimeoutMs });
}

/** Hash of all that the image is made of. */
async function hashPackage() {
  const hash = createHash('sha256');
  const files = ['Dockerfile.runner', 'package.json', 'package-lock.json'];
  for (const folder of ['dist', 'sandbox-images']) {
    const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true });
    for (const entry of entries) if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(root.length));
  }
  for (const file of files.sort()) hash.update(`${file}\0`).update(await readFile(join(root, file)));
  return hash.digest('hex');
}
