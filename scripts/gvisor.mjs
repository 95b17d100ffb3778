/** Installs gVisor from the distribution's packages and adds it to the running Docker engine, without a restart. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDocker } from '../src/backends/docker/daemon/client.ts';
import { describeGvisor, gvisorRuntime, registerRuntime } from '../src/backends/docker/daemon/gvisor.ts';
import { installHostPackages } from '../src/backends/docker/daemon/host-packages.ts';
import { done, skipped } from './steps.mjs';

const settingsFile = '/etc/docker/daemon.json';
const pidFile = '/var/run/docker.pid';
const reloadTimeoutMs = 10_000;

/**
 * @param {string} address Address of the engine.
 * @param {(line: string) => void} progress
 * @returns {Promise<import('./steps.mjs').Outcome>}
 */
export async function setUpGvisor(address, progress) {
  if (await knowsGvisor(address)) return done(`registered as ${gvisorRuntime}`);
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return skipped('not set up: this requires root on Linux');
  const pid = await findEngineProcess();
  if (pid === undefined) return skipped(`not set up: ${pidFile} names no Docker engine on this machine`);
  const runtime = (await describeGvisor()) ?? (await installGvisor(progress));
  if (!runtime) return skipped('not set up: this distribution has no package runsc');
  await registerRuntime(settingsFile, gvisorRuntime, runtime);

  // The engine reloads its runtimes on SIGHUP, without a restart.
  process.kill(pid, 'SIGHUP');
  const deadline = Date.now() + reloadTimeoutMs;
  while (!(await knowsGvisor(address))) {
    if (Date.now() > deadline)
      return skipped(`added to ${settingsFile}, but the Docker engine has not read it yet: restart the engine`);
    await sleep(100);
  }
  return done(`registered as ${gvisorRuntime} in ${settingsFile}`);
}

/** @param {(line: string) => void} progress */
async function installGvisor(progress) {
  progress(`installing ${gvisorRuntime}`);
  try {
    await installHostPackages([gvisorRuntime], { onLine: progress });
  } catch {
    return undefined;
  }
  return await describeGvisor();
}

/** The engine's process, unless its runtimes are set by options: then the file must not name them as well. */
async function findEngineProcess() {
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).trim());
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...options] = command.split('\0');
  if (!program.endsWith('dockerd') || options.some((option) => option.startsWith('--add-runtime'))) return undefined;
  return options.some((option) => option.startsWith('--config-file')) ? undefined : pid;
}

/** @param {string} address */
async function knowsGvisor(address) {
  const client = connectDocker({ address });
  try {
    return (await client.version()).runtimes.includes(gvisorRuntime);
  } finally {
    client.close();
  }
}
