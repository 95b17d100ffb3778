/** Another revision, checked out and built beside this one for the time of the comparison. */
import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const stepTimeoutMs = 300_000;

/** A built revision; dispose it to remove the worktree. */
export interface Revision extends AsyncDisposable {
  /** Short hash of the commit. */
  readonly commit: string;
  /** Path of its `dist/index.js`. */
  readonly hotcell: string;
}

/**
 * Checks `ref` out of the repository `root` into a temporary worktree and builds it there. Links the packages from
 * `root` if both lockfiles are equal, and installs them otherwise. Removes the worktree if a step fails, and when the
 * process ends before it was disposed.
 * @throws {Error} if there is no such revision, or it cannot be built
 */
export async function buildRevision(
  root: string,
  ref: string,
  report: (line: string) => void,
  signal: AbortSignal,
): Promise<Revision> {
  const run = async (cwd: string, command: string, ...argv: string[]): Promise<string> => {
    const { stdout } = await execute(command, argv, { cwd, signal, timeout: stepTimeoutMs, maxBuffer: 16_777_216 });
    return stdout.trim();
  };
  const commit = await run(root, 'git', 'rev-parse', '--short', '--verify', `${ref}^{commit}`).catch(() => {
    throw new Error(`There is no revision ${ref} in this repository.`);
  });
  const parent = await mkdtemp(join(tmpdir(), 'hotcell-compare-'));
  // The host processes of isolates run as another user and must be able to read their code.
  await chmod(parent, 0o755);
  const folder = join(parent, 'worktree');
  const removeNow = (): void => {
    spawnSync('git', ['worktree', 'remove', '--force', folder], { cwd: root, stdio: 'ignore' });
    spawnSync('rm', ['-rf', parent], { stdio: 'ignore' });
    spawnSync('git', ['worktree', 'prune'], { cwd: root, stdio: 'ignore' });
  };
  process.once('exit', removeNow);
  const remove = async (): Promise<void> => {
    process.off('exit', removeNow);
    await execute('git', ['worktree', 'remove', '--force', folder], { cwd: root }).catch(() => undefined);
    await rm(parent, { recursive: true, force: true });
    await execute('git', ['worktree', 'prune'], { cwd: root });
  };
  try {
    report(`checking out ${ref} (${commit})`);
    await run(root, 'git', 'worktree', 'add', '--detach', folder, commit);
    if (await haveSameLockfile(root, folder)) await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    else await install(folder, run, report);
    report(`building ${commit}`);
    await run(folder, process.execPath, join(folder, 'node_modules', '.bin', 'tsc'), '--project', folder);
  } catch (error) {
    await remove();
    throw error;
  }
  return { commit, hotcell: join(folder, 'dist', 'index.js'), [Symbol.asyncDispose]: remove };
}

async function install(
  folder: string,
  run: (cwd: string, command: string, ...argv: string[]) => Promise<string>,
  report: (line: string) => void,
): Promise<void> {
  report('its lockfile is another one: npm ci');
  await run(folder, 'npm', 'ci', '--ignore-scripts', '--loglevel=error');
}

async function haveSameLockfile(root: string, folder: string): Promise<boolean> {
  const read = (parent: string): Promise<string> => readFile(join(parent, 'package-lock.json'), 'utf8').catch(() => '');
  return (await read(root)) === (await read(folder));
}
