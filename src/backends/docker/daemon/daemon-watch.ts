import { whenAborted } from '../../../support/when-aborted.ts';
import type { DaemonHealth } from './daemon-health.ts';
import type { DockerClient } from './docker-client.ts';

/**
 * How often a daemon that is waited for is asked for a sign of life, and how long it may take to give it: on a host whose
 * processors are all taken several times over, a healthy one was seen to take more than 1 s.
 */
const intervalMs = 500;
const answerMs = 3_000;
/** A deadline that is noticed so much too late says that this process was held up, and nothing about the daemon. */
const lateMs = 250;

/**
 * A signal that fires when the daemon stops answering pings, or with the given one. A daemon under load takes seconds to
 * make a container and answers pings at once; one that hangs does neither, and nobody should wait for it.
 */
export class DaemonWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #following: Disposable;
  readonly #health: DaemonHealth | undefined;
  /** When the daemon last gave a sign of life, by `performance.now()`. */
  #answeredAt = performance.now();

  constructor(client: DockerClient, parent: AbortSignal, health?: DaemonHealth) {
    this.#health = health;
    this.#following = whenAborted(parent, () => this.#controller.abort(parent.reason));
    this.#timer = setInterval(() => void this.#ask(client), intervalMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#following[Symbol.dispose]();
  }

  async #ask(client: DockerClient): Promise<void> {
    const askedAt = performance.now();
    try {
      await client.ping(this.signal, answerMs);
      this.#answeredAt = performance.now();
      this.#health?.answered();
    } catch (error) {
      const wasHeldUp = performance.now() - askedAt > answerMs + lateMs;
      // A later ping may have been answered first.
      if (wasHeldUp || this.#answeredAt > askedAt) return;
      // A ping that was ended from outside says nothing of the daemon.
      if (!this.signal.aborted) this.#health?.failed();
      this.#controller.abort(error);
    }
  }
}
