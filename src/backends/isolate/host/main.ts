/**
 * Theory of operation. This is the entry of a host process: it holds the isolates of one tenant, apart from the process
 * of the caller. The engine starts it with an empty environment and Node's permission model (read access to the package
 * alone) and speaks the cell protocol with it over two descriptors.
 *
 * Guests run on threads of isolated-vm; the main thread only moves messages, answers what realms ask and watches the
 * clock, so it is never in a guest's hands. A job is driven in turns (`job.ts`): start, poll, and one more turn for each
 * timer that is due. Before `ready` is said, root is given up for good. When its input ends, the engine is gone, and
 * this process ends at once.
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
 * A host that has waited so long for a tenant loads what only some jobs need, in milliseconds. That takes as much of a
 * processor as its start: where tenants come faster than that, their calls need it more.
 */
const warmUpAfterMs = 1_000;

const require = createRequire(import.meta.url);
// An import would load all that node:fs has to offer, for 10 ms of the start.
const { closeSync, openSync, writeSync } = process.getBuiltinModule('node:fs');

/** What does not load now fails the job that needs it, later, and with a reason. */
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
      // What a host that waits runs are its readiness probes. In a tenant's host each job loads what it needs.
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
 * Not an orderly exit: that takes isolates down under their running threads, which hangs or crashes. The first process
 * of a container is spared by its own SIGKILL, but not by the fault that `abort` ends in.
 */
function die(): void {
  process.kill(process.pid, 'SIGKILL');
  process.abort();
}

process.on('uncaughtException', (error) => {
  // The engine reads it.
  writeSync(process.stderr.fd, `${hostFailed} ${error.stack ?? error.message}\n`);
  die();
});
const [spareIsolates = 0, inputFd = 0, outputFd = 1, loadsRuntimes = 0] = process.argv.slice(2).map(Number);
await main(spareIsolates, inputFd, outputFd, loadsRuntimes === 1);
