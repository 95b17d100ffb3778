import { whenAborted } from '../../../support/when-aborted.ts';
import type { DaemonHealth } from './daemon-health.ts';
import type { DockerClient } from './docker-client.ts';

/**
 * How often a daemon is pinged while a call waits for it, and how long it may take to answer. On a host with several
 * times more work than processors, a healthy daemon was seen to take more than 1 s.
 */
const intervalMs = 500;
const answerMs = 3_000;
/**
 * If a deadline fires this much too late, this process was held up, and the missing answer says nothing about the
 * daemon.
 */
const lateMs = 250;

/**
 * A signal that fires when the daemon stops answering pings, or when the given one fires. A busy daemon takes seconds
 * to make a container but answers pings at once; one that hangs does neither, so calls stop waiting for it.
 */
export class DaemonWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #following: Disposable;
  readonly #health: DaemonHealth | undefined;
  /** Time of the daemon's last answer, by `performance.now()`. */
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
      // A ping that was aborted from outside says nothing about the daemon.
      if (!this.signal.aborted) this.#health?.failed();
      this.#controller.abort(error);
    }
  }
}
