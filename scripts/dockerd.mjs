/** Starts an installed Docker engine if none is running, with or without an init system. */
import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectDocker } from '../src/backends/docker/daemon/client.ts';
import { findProgram } from '../src/backends/docker/daemon/host-packages.ts';

const startTimeoutMs = 60_000;
/**
 * hotcell's containers have no network. If the kernel, or the container around this machine, lacks what a bridge needs,
 * no bridge is made.
 */
const withoutNetwork = ['--bridge=none', '--iptables=false', '--ip6tables=false'];

/**
 * @typedef {object} Daemon Socket and files of the daemon.
 * @property {string} socket
 * @property {string} pidFile
 * @property {string} containerdPidFile
 * @property {string} log
 * @property {readonly string[]} options More options of the command.
 */

/** @type {Daemon} */
const usual = {
  socket: '/var/run/docker.sock',
  pidFile: '/var/run/docker.pid',
  containerdPidFile: '/var/run/docker/containerd/containerd.pid',
  log: '/var/log/hotcell-dockerd.log',
  options: [],
};

/**
 * Starts the daemon and waits until it answers; it outlives this process. Returns its address.
 * @param {(line: string) => void} progress
 * @param {Daemon} daemon
 * @returns {Promise<string>}
 */
export async function startDockerd(progress, daemon = usual) {
  const address = `unix://${daemon.socket}`;
  for (const options of [[], withoutNetwork]) {
    // If an init system or another process is already starting one, wait for it.
    if (await runs(daemon.pidFile, 'dockerd')) {
      progress('waiting for the running dockerd');
      if (await answers(address, () => false)) return address;
      throw new Error(`dockerd is running but does not answer at ${address}. Restart it.`);
    }
    await rm(daemon.pidFile, { force: true });
    if (!(await runs(daemon.containerdPidFile, 'containerd'))) await rm(daemon.containerdPidFile, { force: true });

    progress(['starting dockerd', ...options].join(' '));
    if (await launch(daemon, options, address)) return address;
  }
  const log = await readFile(daemon.log, 'utf8').catch(() => '');
  const lastWords = log.trimEnd().split('\n').slice(-5).join('\n');
  throw new Error(`dockerd does not start. The last lines of ${daemon.log}:\n${lastWords}\n`);
}

/**
 * @param {Daemon} daemon
 * @param {readonly string[]} options
 * @param {string} address
 */
async function launch(daemon, options, address) {
  const program = await findProgram('dockerd');
  if (!program) throw new Error('dockerd is not on the PATH.');
  const log = await open(daemon.log, 'a');
  // A separate session without this process's descriptors, so that a closed terminal or a reader of this output has no
  // effect.
  const child = spawn(program, ['--host', address, '--pidfile', daemon.pidFile, ...daemon.options, ...options], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let ended = false;
  const end = () => {
    ended = true;
  };
  child.once('error', end);
  child.once('exit', end);
  child.unref();
  await log.close();
  const up = await answers(address, () => ended);
  if (!up && !ended) child.kill('SIGTERM');
  return up;
}

/**
 * Waits until an engine answers; gives up at the deadline, or as soon as it is lost.
 * @param {string} address
 * @param {() => boolean} lost
 */
async function answers(address, lost) {
  const client = connectDocker({ address, callTimeoutMs: 2_000 });
  const deadline = Date.now() + startTimeoutMs;
  try {
    while (Date.now() < deadline && !lost()) {
      const up = await client.ping().then(
        () => true,
        () => false,
      );
      if (up) return true;
      await sleep(100);
    }
    return false;
  } finally {
    client.close();
  }
}

/**
 * Whether the process of a pid file is alive and is the right one: after a crash, another process may have its number.
 * @param {string} pidFile
 * @param {string} name
 */
async function runs(pidFile, name) {
  const pid = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
  if (!/^\d+$/.test(pid)) return false;
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() === name;
}
