/** The peers' packages: a separate folder and lockfile, installed when a run first needs them. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const stamp = join(folder, 'node_modules', '.hotcell-bench');
const installTimeoutMs = 300_000;

/**
 * Installs the packages of `bench/package-lock.json` if they are not installed yet.
 * @returns why that failed; the peers concerned are then left out one by one
 */
export async function installPeers(report: (line: string) => void): Promise<string | undefined> {
  const wanted = createHash('sha256')
    .update(await readFile(join(folder, 'package-lock.json')))
    .digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return undefined;
  report('installing the peers (once, about 80 MB): npm ci in bench/');
  const failure = await npmCi(report);
  if (failure === undefined) await writeFile(stamp, wanted);
  return failure;
}

function npmCi(report: (line: string) => void): Promise<string | undefined> {
  const child = spawn('npm', ['ci', '--ignore-scripts', '--loglevel=http'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: installTimeoutMs,
  });
  let output = '';
  let files = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2_000);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-2_000);
    const before = files;
    files += chunk.toString().match(/http fetch GET/g)?.length ?? 0;
    if (Math.floor(files / 10) > Math.floor(before / 10)) report(`installing the peers: ${files} files fetched`);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`npm cannot be run: ${error.message}`));
    child.once('close', (code) => resolve(code === 0 ? undefined : `npm ci failed in bench/: ${output.trim()}`));
  });
}
