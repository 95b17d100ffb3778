import type { Guest, GuestFactory } from './guest.ts';

/** Memory limit of guests that wait: the default of `limits.memoryMb`. */
const spareMemoryMb = 256;
/** After this long without a job there is time for more than what the next one needs. */
const quietMs = 10;

/** Keeps guests ready, so that a job does not wait for its isolate. */
export class SpareGuests {
  readonly #factory: GuestFactory;
  readonly #target: number;
  /** Those that loaded all that they may need, and those that did not yet. */
  readonly #warm: Guest[] = [];
  readonly #cool: Guest[] = [];
  #coming: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(factory: GuestFactory, target: number) {
    this.#factory = factory;
    this.#target = target;
  }

  /** A fresh guest; one that waits, where the limit fits. */
  async take(memoryMb: number): Promise<Guest> {
    if (memoryMb !== spareMemoryMb) return this.#factory.create(memoryMb);
    if (this.#count === 0) await this.#coming;
    return this.#warm.shift() ?? this.#cool.shift() ?? this.#factory.create(memoryMb);
  }

  /** To be called when a job begins: it comes first. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** To be called when a job is over: makes a guest for the one that it took, the rest once the host is quiet. */
  refill(): void {
    setImmediate(() => void this.#add());
    this.resume();
  }

  /** Makes what is missing once the host is quiet. */
  resume(): void {
    clearTimeout(this.#timer);
    const isDone = this.#count >= this.#target && this.#cool.length === 0;
    if (!isDone) this.#timer = setTimeout(() => void this.#prepare().then(() => this.resume()), quietMs);
  }

  get #count(): number {
    return this.#warm.length + this.#cool.length;
  }

  async #prepare(): Promise<void> {
    if (this.#count < this.#target) return this.#add();
    const guest = this.#cool.shift();
    if (!guest) return;
    await guest.enter('warm');
    this.#warm.push(guest);
  }

  #add(): Promise<void> {
    if (this.#count >= this.#target) return Promise.resolve();
    const add = async (): Promise<void> => {
      this.#cool.push(await this.#factory.create(spareMemoryMb));
    };
    // A host that cannot make guests says so to the next job.
    this.#coming ??= add()
      .catch(() => undefined)
      .finally(() => {
        this.#coming = undefined;
      });
    return this.#coming;
  }
}
