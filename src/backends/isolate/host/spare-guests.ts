import type { Guest, GuestFactory } from './guest.ts';

/** Memory limit of guests that wait: the default of `limits.memoryMb`. */
const spareMemoryMb = 256;
/** Making an isolate blocks the main thread for a millisecond, so it happens when nothing else has for this long. */
const quietMs = 2;

/** Keeps guests ready, so that a job does not wait for its isolate. */
export class SpareGuests {
  readonly #factory: GuestFactory;
  readonly #target: number;
  readonly #spares: Guest[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(factory: GuestFactory, target: number) {
    this.#factory = factory;
    this.#target = target;
  }

  /** A fresh guest; one that waits, where the limit fits. */
  async take(memoryMb: number): Promise<Guest> {
    const spare = memoryMb === spareMemoryMb ? this.#spares.shift() : undefined;
    return spare ?? this.#factory.create(memoryMb);
  }

  /** Makes up what is missing, one by one, once the host is quiet. */
  refill(): void {
    clearTimeout(this.#timer);
    if (this.#spares.length >= this.#target) return;
    this.#timer = setTimeout(() => {
      void this.#factory.create(spareMemoryMb).then((guest) => {
        this.#spares.push(guest);
        this.refill();
      });
    }, quietMs);
  }

  /** Waits with making guests: there is something better to do. */
  pause(): void {
    clearTimeout(this.#timer);
  }
}
