import { constants, copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import { runCommand } from '../../../support/run-command.ts';
import { findProgram } from './host-packages.ts';

/** An entry of `runtimes` in the Docker engine's daemon.json. */
export interface RuntimeEntry {
  readonly path: string;
  readonly runtimeArgs: readonly string[];
}

/** The usual name of gVisor in Docker engines. */
export const gvisorRuntime = 'runsc';

/** Whether a runtime of that name is gVisor: `runsc`, or a name such as `runsc-kvm`. */
export function isGvisor(runtime: string): boolean {
  return runtime === gvisorRuntime || runtime.startsWith(`${gvisorRuntime}-`);
}

/** Since mid-2023 gVisor's own way to intercept system calls is the default and works in virtual machines. */
const systrapSince = 2023_07_01;

/**
 * The entry with which the Docker engine calls the installed `runsc`: without a network, as for all cells, and with the
 * container's seccomp profile applied to the calls that gVisor's own kernel takes.
 * @returns `undefined` if `runsc` is not installed.
 */
export async function describeGvisor(): Promise<RuntimeEntry | undefined> {
  const path = await findProgram(gvisorRuntime);
  if (path === undefined) return undefined;
  let version = '';
  const onLine = (line: string): void => {
    version ||= line;
  };
  await runCommand(path, ['--version'], { timeoutMs: 10_000, onLine });
  // `release-20240729.0` of gVisor's own releases, `0.0~20221219.0` of Debian's.
  const date = Number(/\b(20\d{6})\b/.exec(version)?.[1] ?? 0);
  const platform = date < systrapSince ? ['--platform=ptrace'] : [];
  return { path, runtimeArgs: [...platform, '--network=none', '--oci-seccomp'] };
}

/**
 * Adds a runtime to the text of a daemon.json; `undefined` if the runtime is there already, in any form. All other
 * settings stay as they are.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if the text is not a JSON object.
 */
export function addRuntime(settings: string, name: string, runtime: RuntimeEntry): string | undefined {
  const parsed = parseObject(settings.trim() === '' ? '{}' : settings);
  const runtimes = parsed.runtimes ?? {};
  if (!isObject(runtimes)) throw unreadable('its "runtimes" is not an object');
  if (Object.hasOwn(runtimes, name)) return undefined;
  return `${JSON.stringify({ ...parsed, runtimes: { ...runtimes, [name]: runtime } }, null, 2)}\n`;
}

/**
 * Adds a runtime to a daemon.json, and makes the file if it does not exist. The original stays beside it as
 * `….before-hotcell`.
 * @returns whether the file was changed.
 */
export async function registerRuntime(path: string, name: string, runtime: RuntimeEntry): Promise<boolean> {
  const settings = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  const changed = addRuntime(settings ?? '', name, runtime);
  if (changed === undefined) return false;
  await mkdir(dirname(path), { recursive: true });
  if (settings !== undefined) await keepOriginal(path);
  // Moved into place, so that the engine never reads half a file.
  const fresh = `${path}.hotcell-${process.pid}`;
  await writeFile(fresh, changed, { mode: 0o644 });
  await rename(fresh, path);
  return true;
}

/** Keeps only the first original, because a later one would contain hotcell's changes. */
async function keepOriginal(path: string): Promise<void> {
  await copyFile(path, `${path}.before-hotcell`, constants.COPYFILE_EXCL).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(textOfThrown(error));
  }
  if (!isObject(value)) throw unreadable('it is not an object');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(reason: string): HotcellError {
  const message = `Cannot add a runtime to the Docker engine's daemon.json, as ${reason}. Correct the file, then try again.`;
  return new HotcellError('BACKEND_UNAVAILABLE', message);
}
