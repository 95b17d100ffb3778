/**
 * Theory of operation. This is the entry point of a host process, which holds the isolates of one tenant, separate from
 * the caller's process. The engine starts it with an empty environment and Node's permission model (read access to the
 * package only) and speaks the cell protocol with it over two descriptors.
 *
 * Guests run on threads of isolated-vm. The main thread only moves messages, answers realms and watches the clock, so
 * no guest can block it. A job runs in turns (`job.ts`): start, poll, and one more turn for each due timer. The process
 * gives up root permanently before it sends `ready`. When its input ends, the engine is gone, and this process ends at
 * once.
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { controlJob } from '../../../cells/protocol/channel.ts';
import { cellKinds } from '../../../cells/protocol/frame-codec.ts';
import {
  type HeartbeatMessage,
  heartbeatMs,
  hostFailed,
  hostKinds,
  probeJobId,
  type ReadyMessage,
} from '../protocol.ts';
import { nodeSource } from './calls/node-source.ts';
import { GuestFactory } from './guest/guest.ts';
import { SpareGuests } from './guest/spare-guests.ts';
import type { HostJob, JobHost } from './job/job.ts';
import { HostSession, sessionOver } from './job/session.ts';
import { loadLibraries } from './process/libraries.ts';
import { isReadableWithoutRoot, lowerPrivileges } from './process/lower-privileges.ts';

/**
 * Time in milliseconds after which a host that waits for a tenant loads code that only some jobs need. That takes as
 * much processor time as its start: if tenants arrive faster, their calls need that time more.
 */
const warmUpAfterMs = 1_000;

const require = createRequire(import.meta.url);
// An import would load all of node:fs, which adds 10 ms to the start.
const { closeSync, openSync, writeSync } = process.getBuiltinModule('node:fs');

/** If a module does not load now, the job that needs it fails later, with a reason. */
const warmUp = (): void => void loadAll().catch(() => undefined);

async function loadAll(): Promise<void> {
  await loadLibraries();
  nodeSource('');
}

async function main(spareIsolates: number, inputFd: number, outputFd: number, loadsRuntimes: boolean): Promise<void> {
  // V8 13.6 unrolls loops such as `for (;;) new Array(1000).fill(0)` into code that nothing can interrupt.
  setFlagsFromString('--no-turboshaft-loop-unrolling');
  const { default: ivm } = await import('isolated-vm');
  const preparing = GuestFactory.prepare(ivm);
  const [{ HostJob }, { HostChannel }] = await Promise.all([
    import('./job/job.ts'),
    import('./channel/host-channel.ts'),
  ]);
  const wasm = loadsRuntimes ? await import('../../wasm/host/loaded-runtimes.ts') : undefined;
  const isReadableLater = isReadableWithoutRoot(require.resolve('acorn'), (path) => {
    closeSync(openSync(path, 'r'));
    return true;
  });
  if (!isReadableLater) await loadAll();
  const { version } = require('isolated-vm/package.json') as { version: string };
  const spares = new SpareGuests(await preparing, spareIsolates);
  const uid = lowerPrivileges();

  const jobs = new Map<number, HostJob>();
  let hasServed = false;
  const sessions = new Map<number, HostSession>();
  let heart: NodeJS.Timeout | undefined;
  let warmUpTimer: NodeJS.Timeout | undefined = setTimeout(warmUp, warmUpAfterMs);
  const channel = new HostChannel(inputFd, outputFd, {
    job(job, message) {
      spares.pause();
      runtimes?.pause();
      clearTimeout(warmUpTimer);
      if (message.id !== probeJobId) hasServed = true;
      const session = message.session && (sessions.get(job) ?? new HostSession(message));
      if (session) sessions.set(job, session);
      jobs.set(job, new HostJob(host, job, message, session));
      heart ??= setInterval(beat, heartbeatMs);
    },
    inputs: (job, json) => jobs.get(job)?.input.takeInputs(json),
    files: (job, chunk) => jobs.get(job)?.input.takeFiles(chunk),
    stdin: (job, chunk) => jobs.get(job)?.takeStdin(chunk),
    toolResult: (job, message) => jobs.get(job)?.takeAnswer(message),
    network: (job, payload) => jobs.get(job)?.takeNetwork(payload),
    artifactsTaken: (job, bytes) => jobs.get(job)?.takeArtifactCredit(bytes),
    cancel: (job, reason) => jobs.get(job)?.cancel(reason),
    endSession(job) {
      const session = sessions.get(job);
      session?.end();
      const running = jobs.get(job);
      if (running) return running.cancel('cancelled');
      channel.send(job, cellKinds.verdict, JSON.stringify(sessionOver));
      host.jobEnded(job);
    },
    control(kind, payload) {
      runtimes?.follow(kind, payload);
      heart ??= setInterval(beat, heartbeatMs);
    },
    closed: die,
  });
  const runtimes = wasm && new wasm.LoadedRuntimes(ivm, (kind, payload) => channel.send(controlJob, kind, payload));
  const beat = (): void => {
    const cpuMs = Object.fromEntries([...jobs].map(([number, job]) => [number, job.look()]));
    const residentBytes = process.memoryUsage.rss();
    channel.sendControl(hostKinds.heartbeat, { residentBytes, cpuMs } satisfies HeartbeatMessage);
    if (jobs.size === 0 && sessions.size === 0 && !runtimes?.isBusy) rest();
  };
  const rest = (): void => {
    clearInterval(heart);
    heart = undefined;
  };
  const host: JobHost = {
    channel,
    take(job, usesInterpreter, limits) {
      if (!usesInterpreter) return spares.take(limits.memoryMb);
      if (!runtimes) throw new Error('this host runs JavaScript only');
      return runtimes.take(job, limits);
    },
    jobEnded(job) {
      jobs.delete(job);
      if (!sessions.get(job)?.isSound) sessions.delete(job);
      spares.resume(jobs.size === 0);
      runtimes?.jobEnded(job);
      if (jobs.size > 0) return;
      if (sessions.size === 0 && !runtimes?.isBusy) rest();
      // A waiting host runs only readiness probes. In a tenant's host, each job loads what it needs.
      if (!hasServed) warmUpTimer = setTimeout(warmUp, warmUpAfterMs);
    },
    busy() {
      beat();
      channel.flush();
    },
    poisoned: () => channel.sendControl(hostKinds.poisoned, {}),
  };
  channel.sendControl(cellKinds.ready, { node: process.version, isolatedVm: version, uid } satisfies ReadyMessage);
  spares.resume(true);
}

/**
 * Not an orderly exit, which would dispose isolates under their running threads and then hang or crash. SIGKILL has no
 * effect if this is the first process of a container; the fault in `abort` does.
 */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
  process.abort();
}

process.on('uncaughtException', (error) => {
  // The engine reads this line.
  writeSync(process.stderr.fd, `${hostFailed} ${error.stack ?? error.message}\n`);
  die();
});
const [spareIsolates = 0, inputFd = 0, outputFd = 1, loadsRuntimes = 0] = process.argv.slice(2).map(Number);
await main(spareIsolates, inputFd, outputFd, loadsRuntimes === 1);
