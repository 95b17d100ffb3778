import { access, constants } from 'node:fs/promises';
import { HotcellError } from '../../../contract/api/errors.ts';
import { runCommand } from '../../../support/run-command.ts';

const timeoutMs = 600_000;

/** Whether packages can be installed here: the system is Debian or a relative of it, and this process is root. */
export async function canInstallHostPackages(): Promise<boolean> {
  return process.getuid?.() === 0 && (await findProgram('apt-get')) !== undefined;
}

/** Path of a program on the host's `PATH`; `undefined` if it does not exist. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const path = `${folder}/${name}`;
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (folder !== '' && executable) return path;
  }
  return undefined;
}

/**
 * Installs packages of the host's distribution. Updates the package lists only if the installation does not work
 * without that; sources that have nothing to do with these packages may fail.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if that is not possible; the message says what to run.
 */
export async function installHostPackages(
  packages: readonly string[],
  options: { readonly onLine?: ((line: string) => void) | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`;
  if (!(await canInstallHostPackages())) {
    throw new HotcellError(
      'BACKEND_UNAVAILABLE',
      `Cannot install ${packages.join(', ')}: apt-get and root are required. Install by hand: ${command}`,
    );
  }
  const run = (...apt: string[]): Promise<void> =>
    runCommand('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...apt], { ...options, timeoutMs });
  const install = (): Promise<void> => run('install', '--yes', '--no-install-recommends', ...packages);

  try {
    await install();
  } catch {
    options.signal?.throwIfAborted();
    await run('update').catch(() => options.signal?.throwIfAborted());
    await install();
  }
}
