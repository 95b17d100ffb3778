import { memoryBudgetMb, readResidentBytes } from './host-memory.ts';
import type { HostProcess } from './host-process.ts';
import type { RunningJob } from './running-job.ts';

/** How often hosts with running jobs are checked, in milliseconds. */
const lookEveryMs = 250;
/** A host with running jobs that has said nothing for this long hangs. */
const silentMaxMs = 4_000;
const mebibyte = 1_048_576;

/** Kills hosts that hang or take more memory than their jobs may. Runs only while there are jobs. */
export class Watchdog {
  readonly #hosts: () => Iterable<HostProcess>;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;

  constructor(hosts: () => Iterable<HostProcess>) {
    this.#hosts = hosts;
  }

  /** Called when a job starts. */
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
    // If this process itself was held up, heartbeats may be waiting unread.
    if (!wasHeldUp) {
      // One that is still starting has its own deadline.
      for (const host of busy) if (host.isReady && now - host.lastMessageAt > silentMaxMs) host.kill({ kind: 'hung' });
    }
    await Promise.all(busy.map((host) => checkMemory(host)));
  }
}

async function checkMemory(host: HostProcess): Promise<void> {
  // For a host in a container only its own report is available in time; the container enforces the limit in any case.
  const residentBytes = host.pid === undefined ? host.residentBytes : await readResidentBytes(host.pid);
  const residentMb = Math.round(residentBytes / mebibyte);
  const budgetMb = memoryBudgetMb(
    [...host.running.values()].map(({ limits }) => limits),
    host.idleMb,
  );
  if (residentMb <= budgetMb) return;
  const culprit = findCulprit(host);
  if (culprit) host.kill({ kind: 'memory', culprit, residentMb, budgetMb });
}

/**
 * The job that used the most processor time between the last two heartbeats, because taking memory needs processor
 * time.
 */
function findCulprit({ running, cpuGrowthMs }: HostProcess): RunningJob | undefined {
  const growth = (job: RunningJob): number => cpuGrowthMs.get(job.port.job) ?? 0;
  return [...running.values()].sort((a, b) => growth(b) - growth(a))[0];
}
