import type { DaemonHealth } from './daemon-health.ts';
import type { DockerClient } from './docker-client.ts';

/** An answer is taken for the present one for this long, in milliseconds; after the first time it is asked again behind the call. */
const freshMs = 250;
const trustedMs = 750;
/** A daemon that did not answer is asked again by the first call after this time, which waits so long for it. */
const absentMs = 500;
const patienceMs = 100;
/** The same as for a daemon that a call waits for (`daemon-watch.ts`). */
const answerMs = 3_000;
const lateMs = 250;

/** Whether a daemon answers, for an engine that has another backend to use if it does not. Has no timer of its own. */
export class DaemonPresence {
  readonly #open: () => Promise<{ readonly client: DockerClient; readonly health: DaemonHealth }>;
  #health: DaemonHealth | undefined;
  #isPresent: boolean | undefined;
  /** When that was found out, by `performance.now()`. */
  #knownAt = 0;
  #asking: Promise<boolean> | undefined;

  /** @param open finds the daemon, or returns the connection that is open already */
  constructor(open: () => Promise<{ readonly client: DockerClient; readonly health: DaemonHealth }>) {
    this.#open = open;
  }

  /** Something failed for which the daemon may be the reason: the next call asks it. */
  suspect(): void {
    if (this.#isPresent) this.#isPresent = undefined;
  }

  /** Settles at once while the daemon is known to answer or not to. Never rejects. */
  async answers(): Promise<boolean> {
    const ageMs = performance.now() - this.#knownAt;
    if (this.#isPresent === false) {
      if (this.#asking || ageMs < absentMs) return false;
      return await within(patienceMs, this.#ask());
    }
    if (this.#isPresent === undefined || this.#health?.isLost || ageMs > trustedMs) return await this.#ask();
    if (ageMs > freshMs) void this.#ask();
    return true;
  }

  #ask(): Promise<boolean> {
    this.#asking ??= this.#ping().then((isPresent) => {
      this.#asking = undefined;
      this.#isPresent = isPresent;
      this.#knownAt = performance.now();
      if (isPresent) this.#health?.answered();
      else this.#health?.failed();
      return isPresent;
    });
    return this.#asking;
  }

  async #ping(): Promise<boolean> {
    for (;;) {
      const askedAt = performance.now();
      try {
        const { client, health } = await this.#open();
        this.#health = health;
        await client.ping(undefined, answerMs);
        return true;
      } catch {
        // A deadline that is noticed too late says that this process was held up, and nothing about the daemon.
        if (this.#health === undefined || performance.now() - askedAt < answerMs + lateMs) return false;
      }
    }
  }
}

/** What the promise brings within a time; else `false`. */
async function within(ms: number, promise: Promise<boolean>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
