import type ivm from 'isolated-vm';
import type { Guest } from './guest.ts';

/** What one guest uses. Readings that an isolate no longer gives stay at the last one. */
export class Meter {
  readonly #isolate: ivm.Isolate;
  readonly #startedAt: number = performance.now();
  readonly #processCpuAtStart: NodeJS.CpuUsage = process.cpuUsage();
  readonly #cpuAtStart: bigint;
  #cpuMs = 0;
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
   * Processor time in milliseconds. While a guest runs, isolated-vm counts wall time since it began to; what the whole
   * process used is an upper bound to that.
   */
  get cpuMs(): number {
    if (!this.#isolate.isDisposed) {
      const isolateMs = Number(this.#isolate.cpuTime - this.#cpuAtStart) / 1e6;
      const { user, system } = process.cpuUsage(this.#processCpuAtStart);
      this.#cpuMs = Math.max(this.#cpuMs, Math.min(isolateMs, (user + system) / 1_000));
    }
    return this.#cpuMs;
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
