import { memoryBudgetMb, readResidentBytes } from './host-memory.ts';
import type { HostProcess } from './host-process.ts';
import { readProcessorWaitMs } from './processor-wait.ts';
import type { RunningJob } from './running-job.ts';

/** How often hosts with running jobs are checked, in milliseconds. */
const lookEveryMs = 250;
/**
 * A host with running jobs that has said nothing for this long hangs. Time in which it waited for a processor does not
 * count: on a machine with too much to do, one step of a sound host was seen to take longer.
 */
const silentMaxMs = 4_000;
/** The same if it is not known how long the host waited. */
const silentMaxUnknownMs = 15_000;
/** A host that was silent for this long is watched more closely. */
const suspectAfterMs = 2 * lookEveryMs;
const mebibyte = 1_048_576;

/** A host that says nothing, from the look at which that was noticed. */
interface Silence {
  /** When the host had spoken last. */
  readonly spokeAt: number;
  readonly noticedAt: number;
  /** How long the host had waited for a processor until then; `undefined` if that is not known. */
  readonly waitedMs: number | undefined;
}

/** Kills hosts that hang or take more memory than their jobs may. Runs only while there are jobs. */
export class Watchdog {
  readonly #hosts: () => Iterable<HostProcess>;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = 0;
  readonly #silences = new WeakMap<HostProcess, Silence>();

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
      const suspects = busy.filter((host) => host.isReady && now - host.lastMessageAt > suspectAfterMs);
      await Promise.all(suspects.map((host) => this.#checkSilence(host, now)));
    }
    await Promise.all(busy.map((host) => checkMemory(host)));
  }

  async #checkSilence(host: HostProcess, now: number): Promise<void> {
    const spokeAt = host.lastMessageAt;
    const waitedMs = host.pid === undefined ? undefined : await readProcessorWaitMs(host.pid);
    // It spoke meanwhile, or its last job is over.
    if (host.lastMessageAt !== spokeAt || host.running.size === 0) return;
    const known = this.#silences.get(host);
    if (known?.spokeAt !== spokeAt) {
      this.#silences.set(host, { spokeAt, noticedAt: now, waitedMs });
      return;
    }
    const isKnown = waitedMs !== undefined && known.waitedMs !== undefined;
    const waiting = isKnown ? waitedMs - known.waitedMs : 0;
    const silentMs = now - known.noticedAt + suspectAfterMs - waiting;
    if (silentMs > (isKnown ? silentMaxMs : silentMaxUnknownMs)) host.kill({ kind: 'hung' });
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
