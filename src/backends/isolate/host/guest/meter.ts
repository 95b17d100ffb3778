import type ivm from 'isolated-vm';
import type { Guest } from './guest.ts';

const mebibyte = 1_048_576;
/** The isolate's allocator checks the heap again after it has allocated a MiB. */
const collectMinBytes = 2 * mebibyte;

/** Measures one guest. If an isolate gives no more readings, the last ones stay. */
export class Meter {
  readonly #isolate: ivm.Isolate;
  readonly #startedAt: number = performance.now();
  readonly #processCpuAtStart: NodeJS.CpuUsage = process.cpuUsage();
  readonly #cpuAtStart: bigint;
  #cpuMs = 0;
  #waitedMs = 0;
  #waitsSince: number | undefined;
  readonly #guest: Guest;
  readonly #files: { readonly bytes: number } | undefined;
  readonly #limitBytes: number;
  readonly #memoryMaxBytes: number;
  #memoryBytes = 0;
  #heapBytes = 0;
  #isolateBytes = 0;
  #peakMemoryBytes = 0;
  #sampledAtMs = 0;
  #isFresh = false;

  /**
   * @param files Files that the host holds for the guest; `undefined` for an interpreter, whose files only pass
   * through.
   */
  constructor(guest: Guest, memoryMb: number, files: { readonly bytes: number } | undefined) {
    this.#guest = guest;
    this.#isolate = guest.isolate;
    this.#cpuAtStart = guest.isolate.cpuTime;
    this.#limitBytes = memoryMb * mebibyte;
    this.#memoryMaxBytes = this.#limitBytes + (guest.allowedBytes ?? 0);
    this.#files = files;
  }

  get wallMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * Processor time in milliseconds. While a guest runs, isolated-vm counts wall time from its start. Waiting time is
   * subtracted, and the processor time of the whole process is an upper bound.
   */
  get cpuMs(): number {
    if (!this.#isolate.isDisposed) {
      const isolateMs = Number(this.#isolate.cpuTime - this.#cpuAtStart) / 1e6;
      const { user, system } = process.cpuUsage(this.#processCpuAtStart);
      const waitsMs = this.#waitsSince === undefined ? 0 : performance.now() - this.#waitsSince;
      const busyMs = isolateMs - this.#waitedMs - waitsMs;
      this.#cpuMs = Math.max(this.#cpuMs, Math.min(busyMs, (user + system) / 1_000));
    }
    return this.#cpuMs;
  }

  /** Records whether the guest's thread is waiting from now on. */
  wait(isWaiting: boolean): void {
    const nowMs = performance.now();
    this.#waitedMs += nowMs - (this.#waitsSince ?? nowMs);
    this.#waitsSince = isWaiting ? nowMs : undefined;
  }

  /** Highest memory reading, in bytes. */
  get peakMemoryBytes(): number {
    return this.#peakMemoryBytes;
  }

  /** The guest reached its limit. */
  tookAll(): void {
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, this.#limitBytes);
  }

  /**
   * Reads the guest's memory unless the last reading is less than `gapMs` old: V8's heap, buffers, an interpreter's own
   * memory, and files in the host.
   */
  async sampleMemory(gapMs = 0): Promise<void> {
    const nowMs = performance.now();
    this.#isFresh = nowMs - this.#sampledAtMs >= gapMs;
    if (!this.#isFresh) return;
    this.#sampledAtMs = nowMs;
    const { ownBytes = 0, uncountedBytes } = this.#guest;
    const heap = await this.#isolate.getHeapStatistics();
    this.#isolateBytes = heap.used_heap_size + heap.externally_allocated_size;
    this.#heapBytes = heap.used_heap_size;
    this.#memoryBytes =
      Math.max(this.#isolateBytes - ownBytes + (uncountedBytes?.() ?? 0), 0) + (this.#files?.bytes ?? 0);
  }

  /**
   * Ends a guest that holds more than its limit. Garbage does not count while V8 can collect it: the heap grows beyond
   * its own limit only if there is none left to collect.
   * @param isLast Whether no reading follows; then one must have been taken now.
   * @throws {Error} if the guest was ended.
   */
  async check(isLast: boolean): Promise<void> {
    if (isLast && !this.#isFresh) await this.sampleMemory();
    const roomBytes = this.#guest.heap.heap_size_limit - this.#isolateBytes;
    if (this.#memoryBytes > this.#memoryMaxBytes && this.#heapBytes <= this.#guest.heap.heap_size_limit) {
      await this.#guest.enter('collect', Math.max(roomBytes, collectMinBytes));
      await this.sampleMemory();
    }
    const isTooMuch = this.#memoryBytes > this.#memoryMaxBytes;
    // The realm's allowance counts as used, because the part of it that is garbage is unknown.
    const usedBytes = Math.max(this.#memoryBytes, this.#guest.allowedBytes ?? 0);
    const paidBytes = isTooMuch ? usedBytes : Math.min(usedBytes, this.#limitBytes);
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, paidBytes);
    if (!isTooMuch) return;
    this.#guest.dispose();
    throw new Error('The guest holds more memory than its limit.');
  }
}
