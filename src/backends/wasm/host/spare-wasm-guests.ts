import type { Guest } from '../../isolate/host/guest/guest.ts';
import type { WasmGuests } from './wasm-guests.ts';

/** Memory limit of waiting guests: the default of `limits.memoryMb`. */
const spareMemoryMb = 256;
/** After this long without a job, there is time to make more guests. */
const quietMs = 10;

/** Keeps guests of one language ready. */
export class SpareWasmGuests {
  readonly #guests: WasmGuests;
  readonly #target: number;
  readonly #fitsAll: boolean;
  readonly #waiting: Guest[] = [];
  #coming: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param fitsAll Whether guests get their memory limit with the job, so that any spare guest fits any job. */
  constructor(guests: WasmGuests, target: number, fitsAll: boolean) {
    this.#guests = guests;
    this.#target = target;
    this.#fitsAll = fitsAll;
  }

  /** A fresh guest; a waiting one if its limit fits. */
  async take(memoryMb: number): Promise<Guest> {
    if (memoryMb !== spareMemoryMb && !this.#fitsAll) return this.#guests.create(memoryMb);
    if (this.#waiting.length === 0) await this.#coming;
    return this.#waiting.shift() ?? this.#guests.create(memoryMb);
  }

  /** Makes the first guest; rejects if that fails. */
  async fill(): Promise<void> {
    await this.#add();
    this.refill();
  }

  /** Call this when a job starts: the job comes first. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Call this when a job is over: makes missing guests once the host is quiet. */
  refill(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length >= this.#target) return;
    this.#timer = setTimeout(() => {
      // If making guests fails, the next job gets the error.
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
