import type ivm from 'isolated-vm';
import type { Guest } from './guest.ts';

/** What one guest uses. Readings that an isolate no longer gives stay at the last one. */
export class Meter {
  readonly #isolate: ivm.Isolate;
  readonly #startedAt: number = performance.now();
  readonly #processCpuAtStart: NodeJS.CpuUsage = process.cpuUsage();
  readonly #cpuAtStart: bigint;
  #cpuMs = 0;
  #waitedMs = 0;
  #waitsSince: number | undefined;
  #peakMemoryBytes = 0;
  #sampledAtMs = 0;

  constructor({ isolate, heap }: Guest) {
    this.#isolate = isolate;
    this.#cpuAtStart = isolate.cpuTime;
    this.#take(heap);
  }

  get wallMs(): number {
    return performance.now() - this.#startedAt;
  }

  /**
   * Processor time in milliseconds. While a guest runs, isolated-vm counts wall time since it began to; what the guest
   * waited is no part of it, and what the whole process used is an upper bound.
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

  /** Says whether the guest's thread waits, from now on. */
  wait(isWaiting: boolean): void {
    const nowMs = performance.now();
    this.#waitedMs += nowMs - (this.#waitsSince ?? nowMs);
    this.#waitsSince = isWaiting ? nowMs : undefined;
  }

  get peakMemoryBytes(): number {
    return this.#peakMemoryBytes;
  }

  takeMemory(bytes: number): void {
    this.#peakMemoryBytes = Math.max(this.#peakMemoryBytes, bytes);
  }

  /** Reads the heap, V8's own and what buffers hold outside of it, unless that was done within `gapMs`. */
  async sampleMemory(gapMs = 0): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#sampledAtMs < gapMs) return;
    this.#sampledAtMs = nowMs;
    this.#take(await this.#isolate.getHeapStatistics());
  }

  #take(heap: ivm.HeapStatistics): void {
    this.takeMemory(heap.used_heap_size + heap.externally_allocated_size);
  }
}
