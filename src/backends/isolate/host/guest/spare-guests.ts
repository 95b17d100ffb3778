import type { Guest, GuestFactory } from './guest.ts';

/** Memory limit of guests that wait: the default of `limits.memoryMb`. */
const spareMemoryMb = 256;
/** After this long without a job there is time for what the next one needs. */
const quietMs = 5;
/** After this long there is time for what some jobs need: it takes four times as long as a guest. */
const idleMs = 250;

/** Keeps guests ready, so that a job does not wait for its isolate. Jobs come first: where they come without a pause, each
 * has its guest made when it needs it, which takes the least of the processors. */
export class SpareGuests {
  readonly #factory: GuestFactory;
  readonly #target: number;
  readonly #cool: Guest[] = [];
  /** The one that loaded all that a job may need, and goes first. */
  #warm: Guest | undefined;
  #next: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(factory: GuestFactory, target: number) {
    this.#factory = factory;
    this.#target = target;
  }

  /** A fresh guest; one that waits, where the limit fits. */
  take(memoryMb: number): Guest {
    if (memoryMb !== spareMemoryMb) return this.#factory.create(memoryMb);
    const waiting = this.#warm ?? this.#cool.shift();
    this.#warm = undefined;
    return waiting ?? this.#factory.create(memoryMb);
  }

  /** To be called when a job begins. */
  pause(): void {
    clearImmediate(this.#next);
    clearTimeout(this.#timer);
  }

  /** To be called when a job is over: makes what is missing once it is quiet; at once, where none is left and none runs. */
  resume(isIdle: boolean): void {
    this.pause();
    if (this.#count === 0 && isIdle) this.#next = setImmediate(() => this.#add());
    else if (this.#count < this.#target) this.#timer = setTimeout(() => this.#add(), quietMs);
    else if (!this.#warm) this.#timer = setTimeout(() => void this.#warmUp(), idleMs);
  }

  get #count(): number {
    return this.#cool.length + (this.#warm ? 1 : 0);
  }

  #add(): void {
    if (this.#count >= this.#target) return;
    try {
      this.#cool.push(this.#factory.create(spareMemoryMb));
    } catch {
      // A host that cannot make guests says so to the next job.
      return;
    }
    this.resume(false);
  }

  async #warmUp(): Promise<void> {
    const guest = this.#cool.shift();
    if (!guest) return;
    await guest.enter('warm');
    // A job that came and went meanwhile had another one warmed.
    if (this.#warm) this.#cool.push(guest);
    else this.#warm = guest;
  }
}
