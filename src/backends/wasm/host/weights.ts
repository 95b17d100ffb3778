import type ivm from 'isolated-vm';
import type { IsolatedVm } from '../../isolate/host/guest/guest.ts';

const mebibyte = 1_048_576;
/** What the realm around an interpreter may take by itself while a program runs, in bytes: the program does not pay for it. */
export const realmBytes: number = 2 * mebibyte;

/**
 * Makes an isolate's own limit the limit of a job. It is set when the isolate is made, before its job is known, and does
 * not count the memory of WebAssembly. So the isolate is given shared memory that nobody ever writes to: it takes none of
 * the machine's, but counts. Of a buffer V8 would hear, and collect garbage that is not there.
 */
export class Weights {
  /** What the interpreter takes before its job, in bytes. */
  readonly ownBytes: number;
  readonly #ivm: IsolatedVm;
  /** Where isolated-vm refuses buffers and where it takes no more shared memory, in bytes: between them is V8's young generation. */
  readonly #limitBytes: number;
  readonly #sharedLimitBytes: number;
  readonly #growthBytes: () => number;
  #freeBytes = 0;
  #heldBytes = 0;
  #grownBytes = 0;

  /**
   * @param heap The isolate before its job.
   * @param limitMb Limit of the isolate.
   * @param growthBytes What was taken that the isolate does not count.
   */
  constructor(isolatedVm: IsolatedVm, heap: ivm.HeapStatistics, limitMb: number, growthBytes: () => number) {
    this.#ivm = isolatedVm;
    this.ownBytes = heap.used_heap_size + heap.externally_allocated_size;
    this.#limitBytes = heap.heap_size_limit;
    this.#sharedLimitBytes = limitMb * mebibyte;
    this.#growthBytes = growthBytes;
  }

  /** What the isolate counts too little, in bytes, or too much: then it is below 0. */
  get uncountedBytes(): number {
    return this.#growthBytes() - this.#heldBytes;
  }

  /** For a job that begins: stands for what it may not use. */
  open(memoryMb: number): ivm.Copy<SharedArrayBuffer> | undefined {
    const leftBytes = this.#limitBytes - this.ownBytes - realmBytes - memoryMb * mebibyte;
    // What is between the limits is left to the interpreter, which could not have all of its memory counted otherwise.
    this.#freeBytes = this.#limitBytes - this.#sharedLimitBytes + Math.max(-leftBytes, 0);
    return this.#weigh(Math.min(leftBytes, this.#sharedLimitBytes - this.ownBytes - mebibyte));
  }

  /** Stands for what was taken since it was called last, as far as the isolate has not too much room anyway. */
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
