import type ivm from 'isolated-vm';
import type { IsolatedVm } from '../../isolate/host/guest/guest.ts';

const mebibyte = 1_048_576;
/** Bytes that the realm around an interpreter may take while a program runs, which do not count for the program. */
export const realmBytes: number = 2 * mebibyte;

/**
 * Turns an isolate's own limit into the limit of a job. That limit is set when the isolate is made, before its job is
 * known, and does not count the memory of WebAssembly. So the isolate gets shared memory that nobody writes to: it
 * takes no physical memory, but it counts. A plain buffer would not do: V8 would know of it, and collect garbage in
 * vain.
 */
export class Weights {
  /** Memory of the interpreter before its job, in bytes. */
  readonly ownBytes: number;
  readonly #ivm: IsolatedVm;
  /**
   * The limits, in bytes, above which isolated-vm refuses buffers and shared memory; the difference is V8's young
   * generation.
   */
  readonly #limitBytes: number;
  readonly #sharedLimitBytes: number;
  readonly #growthBytes: () => number;
  #freeBytes = 0;
  #heldBytes = 0;
  #grownBytes = 0;

  /**
   * @param heap The isolate before its job.
   * @param limitMb Limit of the isolate.
   * @param growthBytes Memory taken that the isolate does not count.
   */
  constructor(isolatedVm: IsolatedVm, heap: ivm.HeapStatistics, limitMb: number, growthBytes: () => number) {
    this.#ivm = isolatedVm;
    this.ownBytes = heap.used_heap_size + heap.externally_allocated_size;
    this.#limitBytes = heap.heap_size_limit;
    this.#sharedLimitBytes = limitMb * mebibyte;
    this.#growthBytes = growthBytes;
  }

  /** Bytes that the isolate should count and does not; negative if it counts too much. */
  get uncountedBytes(): number {
    return this.#growthBytes() - this.#heldBytes;
  }

  /** At the start of a job: a weight for the memory that the job may not use. */
  open(memoryMb: number): ivm.Copy<SharedArrayBuffer> | undefined {
    const leftBytes = this.#limitBytes - this.ownBytes - realmBytes - memoryMb * mebibyte;
    // The memory between the two limits is left to the interpreter, because not all of its memory could be counted
    // otherwise.
    this.#freeBytes = this.#limitBytes - this.#sharedLimitBytes + Math.max(-leftBytes, 0);
    return this.#weigh(Math.min(leftBytes, this.#sharedLimitBytes - this.ownBytes - mebibyte));
  }

  /** A weight for memory taken since the last call, less the room that the isolate has too much. */
  grow(): ivm.Copy<SharedArrayBuffer> | undefined {
    const bytes = this.#growthBytes() - this.#freeBytes - this.#grownBytes;
    if (bytes > 0) this.#grownBytes += bytes;
    return this.#weigh(bytes);
  }

  #weigh(bytes: number): ivm.Copy<SharedArrayBuffer> | undefined {
    if (bytes <= 0) return undefined;
    this.#heldBytes += bytes;
    return new this.#ivm.ExternalCopy(new SharedArrayBuffer(bytes)).copyInto({ release: true });
  }
}
