import pidusage from 'pidusage';
import type { HostProcess } from './host-process.ts';
import type { Running } from './running.ts';

/** How often hosts with running jobs are looked at, in milliseconds. */
const lookEveryMs = 250;
/** A host with running jobs that has said nothing for this long hangs. */
const silentMaxMs = 4_000;
const mebibyte = 1_048_576;
/** A host process without jobs, its spare isolates included: 70 to 90 MiB were measured; twice that is allowed. */
const hostMb = 192;
/** isolated-vm calls its limit a guideline that a guest may exceed 2 to 3 times before it is stopped. */
const overshoot = 2;
/** Compiler, parser and other memory of V8 outside of the heap, for each job. */
const jobMb = 128;

/** Kills hosts that hang or take more memory than their jobs may. Runs only while there are jobs. */
export class Watchdog {
  readonly #hosts: () => Iterable<HostProcess>;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  constructor(hosts: () => Iterable<HostProcess>) {
    this.#hosts = hosts;
  }

  /** To be called when a job begins. */
  wake(): void {
    if (this.#timer) return;
    this.#lookedAt = performance.now();
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const busy = [...this.#hosts()].filter((host) => host.usable && host.running.size > 0);
    if (busy.length === 0) return this.stop();
    const now = performance.now();
    const wasHeldUp = now - this.#lookedAt > 2 * lookEveryMs;
    this.#lookedAt = now;
    // Where this process itself was held up, heartbeats may be waiting unread.
    if (!wasHeldUp) {
      for (const host of busy) if (now - host.heardAt > silentMaxMs) host.kill({ kind: 'hung' });
    }
    await Promise.all(busy.map((host) => checkMemory(host)));
  }
}

async function checkMemory(host: HostProcess): Promise<void> {
  const { pid } = host;
  if (pid === undefined) return;
  // A process that is gone by now has nothing to be checked.
  const usage = await pidusage(pid, { maxage: 5_000 }).catch(() => undefined);
  const residentMb = Math.round((usage?.memory ?? 0) / mebibyte);
  const budgetMb = [...host.running.values()].reduce(
    (sum, { limits }) => sum + limits.memoryMb * overshoot + limits.diskMb + jobMb,
    hostMb,
  );
  if (residentMb <= budgetMb) return;
  const culprit = findCulprit(host);
  if (culprit) host.kill({ kind: 'memory', culprit, residentMb, budgetMb });
}

/** Memory is taken by whoever computes: the job that used the most processor time between the last two heartbeats. */
function findCulprit({ running, cpuGrowthMs }: HostProcess): Running | undefined {
  const growth = (job: Running): number => cpuGrowthMs.get(job.port.job) ?? 0;
  return [...running.values()].sort((a, b) => growth(b) - growth(a))[0];
}
