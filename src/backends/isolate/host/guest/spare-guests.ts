import type { Guest, GuestFactory } from './guest.ts';

/** Memory limit of waiting guests: the default of `limits.memoryMb`. */
const spareMemoryMb = 256;
/** After this long without a job, there is time to make guests for the next jobs. */
const quietMs = 5;
/**
 * After this long, there is time to load code that only some jobs need, which takes four times as long as making a
 * guest.
 */
const idleMs = 250;

/**
 * Keeps guests ready, so that a job does not wait for its isolate. Jobs come first: if they arrive without a pause,
 * each guest is made when its job needs it, which costs the least processor time.
 */
export class SpareGuests {
  readonly #factory: GuestFactory;
  readonly #target: number;
  readonly #cool: Guest[] = [];
  /** The guest with all code loaded that a job may need; used first. */
  #warm: Guest | undefined;
  #next: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(factory: GuestFactory, target: number) {
    this.#factory = factory;
    this.#target = target;
  }

  /** A fresh guest; a waiting one if its limit fits. */
  take(memoryMb: number): Guest {
    if (memoryMb !== spareMemoryMb) return this.#factory.create(memoryMb);
    const waiting = this.#warm ?? this.#cool.shift();
    this.#warm = undefined;
    return waiting ?? this.#factory.create(memoryMb);
  }

  /** Call this when a job starts. */
  pause(): void {
    clearImmediate(this.#next);
    clearTimeout(this.#timer);
  }

  /**
   * Call this when a job is over: makes missing guests once the host is quiet, or at once if none is left and no job
   * runs.
   */
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
      // If making guests fails, the next job gets the error.
      return;
    }
    this.resume(false);
  }

  async #warmUp(): Promise<void> {
    const guest = this.#cool.shift();
    if (!guest) return;
    await guest.enter('warm');
    // If a job ran meanwhile, another guest may already be warm.
    if (this.#warm) this.#cool.push(guest);
    else this.#warm = guest;
  }
}
