import type { Guest } from '../../isolate/host/guest/guest.ts';
import type { WasmGuests } from './wasm-guests.ts';

/** Memory limit of guests that wait: the default of `limits.memoryMb`. */
const spareMemoryMb = 256;
/** After this long without a job there is time for more than what the next one needs. */
const quietMs = 10;

/** Keeps guests of one language ready. */
export class SpareWasmGuests {
  readonly #guests: WasmGuests;
  readonly #target: number;
  readonly #fitsAll: boolean;
  readonly #waiting: Guest[] = [];
  #coming: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param fitsAll Whether guests take their memory limit with the job, so that a spare one fits any. */
  constructor(guests: WasmGuests, target: number, fitsAll: boolean) {
    this.#guests = guests;
    this.#target = target;
    this.#fitsAll = fitsAll;
  }

  /** A fresh guest; one that waits, where the limit fits. */
  async take(memoryMb: number): Promise<Guest> {
    if (memoryMb !== spareMemoryMb && !this.#fitsAll) return this.#guests.create(memoryMb);
    if (this.#waiting.length === 0) await this.#coming;
    return this.#waiting.shift() ?? this.#guests.create(memoryMb);
  }

  /** Makes the first one; rejects where that cannot be done. */
  async fill(): Promise<void> {
    await this.#add();
    this.refill();
  }

  /** To be called when a job begins: it comes first. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** To be called when a job is over: makes what is missing once the host is quiet. */
  refill(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length >= this.#target) return;
    this.#timer = setTimeout(() => {
      // A host that cannot make guests says so to the next job.
      this.#coming ??= this.#add()
        .then(() => this.refill())
        .catch(() => undefined)
        .finally(() => {
          this.#coming = undefined;
        });
    }, quietMs);
  }

  async #add(): Promise<void> {
    this.#waiting.push(await this.#guests.create(spareMemoryMb, true));
  }
}
