/**
 * A private Docker engine that may be killed at any time. It runs in its own namespaces (process ids, mounts, network),
 * so that it cannot touch another engine's interfaces, sockets and shims, and so that everything of it ends with the
 * first process of the namespaces. That one ends when its stdin does, at the latest with this process.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connectDocker } from '../../src/backends/docker/daemon/client.ts';
import { findEngine } from '../../src/backends/docker/daemon/find-engine.ts';
import { ensureImages } from '../../src/backends/docker/images/images.ts';
import { docker } from './containers.ts';
import { type FoundProcess, listProcesses } from './processes.ts';

/** The engine and its faults. */
export interface PrivateDocker extends AsyncDisposable {
  readonly address: string;
  /** The daemon's process, if it is running. */
  daemon(): FoundProcess | undefined;
  /** The process of its containerd, if it is running. */
  containerd(): FoundProcess | undefined;
  /** Starts the daemon again after its end, and waits until it answers. */
  start(): Promise<void>;
  /** Waits until containers start and end at their normal speed; only then is a fault over. */
  recovers(): Promise<void>;
  /** Processes other than daemon and containerd: runners, guests and their shims. */
  strangers(): FoundProcess[];
}

const startTimeoutMs = 60_000;
/** Normally a container takes 0.2 s from creation to removal; under load, and after a restart, a few times that. */
const peaceMs = 3_000;
/** Containers of this engine are in a separate control group, so that leftovers can be removed. */
const controlGroups = '/sys/fs/cgroup';

/** Starts a daemon for every line on stdin. As the first process, the shell reaps orphaned processes. */
const keeper = `
mkdir -p /run/containerd && mount -t tmpfs tmpfs /run/containerd || exit 1
while read -r _; do "$@" </dev/null >>"$LOG" 2>&1 & done`;

/** Starts a Docker engine with the images of the usual one. Needs root on Linux, and `unshare`. */
export async function startPrivateDocker(images: readonly string[]): Promise<PrivateDocker> {
  const folder = await mkdtemp(join(tmpdir(), 'hotcell-chaos-docker-'));
  const group = folder.slice(folder.lastIndexOf('/') + 1);
  const address = `unix://${folder}/docker.sock`;
  const log = join(folder, 'dockerd.log');
  const daemonCommand = [
    ...['dockerd', '--host', address, '--data-root', `${folder}/data`, '--exec-root', `${folder}/exec`],
    ...['--pidfile', `${folder}/docker.pid`, `--cgroup-parent=/${group}`],
    ...['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
  ];
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child=KILL'];
  await mkdir(join(folder, 'exec'));
  const shell = spawn('unshare', [...namespaces, 'bash', '-c', keeper, 'bash', ...daemonCommand], {
    env: { ...process.env, LOG: log },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const engine: PrivateDocker = {
    address,
    daemon: () => insiders(shell).find(({ name }) => name === 'dockerd'),
    containerd: () => insiders(shell).find(({ name }) => name === 'containerd'),
    async start() {
      await appendFile(log, '\n');
      shell.stdin?.write('\n');
      await answers(address, log);
    },
    async recovers() {
      const [image] = images;
      if (image !== undefined) await peace(address, image);
    },
    strangers: () =>
      insiders(shell).filter(({ name, parent }) => parent !== shell.pid && !['dockerd', 'containerd'].includes(name)),
    async [Symbol.asyncDispose]() {
      shell.kill('SIGKILL');
      // A frozen process cannot die, and the namespaces wait for it.
      await eachControlGroup(group, thaw);
      if (shell.exitCode === null && shell.signalCode === null)
        await new Promise((resolve) => shell.once('exit', resolve));
      await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
      await eachControlGroup(group, (path) => rmdir(path));
    },
  };
  try {
    await engine.start();
    await copyImages(images, address);
    return engine;
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** Names of this version's images on the usual engine, which may have many more of earlier versions. */
export async function listSandboxImages(): Promise<string[]> {
  const client = connectDocker({ address: (await findEngine()).address });
  try {
    return (await ensureImages(client)).map(({ tag }) => tag);
  } finally {
    client.close();
  }
}

async function copyImages(images: readonly string[], address: string): Promise<void> {
  // Names are data, not part of the command.
  const script = 'set -o pipefail; to="$1"; shift; docker save "$@" | docker --host "$to" load';
  // Ends the whole pipeline; otherwise a reader of its output would wait for the remaining processes.
  await promisify(execFile)('timeout', ['--signal=KILL', '300', 'bash', '-c', script, 'bash', address, ...images]);
}

async function answers(address: string, log: string): Promise<void> {
  const giveUpAtMs = performance.now() + startTimeoutMs;
  while (performance.now() < giveUpAtMs) {
    const up = await docker(address, 'version').then(
      () => true,
      () => false,
    );
    if (up) return;
    await sleep(100);
  }
  throw new Error(`The Docker engine at ${address} does not start; see ${log}.`);
}

async function peace(address: string, image: string): Promise<void> {
  const giveUpAtMs = performance.now() + startTimeoutMs;
  while (performance.now() < giveUpAtMs) {
    const fromMs = performance.now();
    const ended = await docker(address, 'run', '--rm', '--network=none', '--entrypoint=true', image).then(
      () => true,
      () => false,
    );
    if (ended && performance.now() - fromMs < peaceMs) return;
    await sleep(100);
  }
  throw new Error(`The Docker engine at ${address} does not recover.`);
}

/** All processes below the one that made the namespaces, without that one. */
function insiders({ pid }: ChildProcess): FoundProcess[] {
  const all = listProcesses();
  const found = all.filter(({ parent }) => parent === pid);
  for (const one of found) found.push(...all.filter(({ parent }) => parent === one.pid));
  return found.filter(({ state }) => state !== 'Z');
}

/** Visits the control groups of this engine in each hierarchy, children first; ignores failures. */
async function eachControlGroup(group: string, act: (path: string) => Promise<void>): Promise<void> {
  const hierarchies = await readdir(controlGroups).catch(() => []);
  for (const top of [controlGroups, ...hierarchies.map((name) => join(controlGroups, name))]) {
    const parent = join(top, group);
    const children = await readdir(parent, { withFileTypes: true }).catch(() => []);
    for (const child of children) if (child.isDirectory()) await act(join(parent, child.name)).catch(() => undefined);
    await act(parent).catch(() => undefined);
  }
}

/** For cgroup v1 and v2; each has only one of the files. */
async function thaw(path: string): Promise<void> {
  await writeFile(join(path, 'freezer.state'), 'THAWED', { flag: 'r+' }).catch(() => undefined);
  await writeFile(join(path, 'cgroup.freeze'), '0', { flag: 'r+' }).catch(() => undefined);
}
