import type { EventHub } from '../../../support/event-hub.ts';

/** Whether the daemon answers, by the results of all calls that asked it. Emits an event when that changes. */
export class DaemonHealth {
  readonly #address: string;
  readonly #events: EventHub | undefined;
  /** Time at which the daemon did not answer, by `performance.now()`; `undefined` while it answers. */
  #lostAt: number | undefined;

  constructor(address: string, events: EventHub | undefined) {
    this.#address = address;
    this.#events = events;
  }

  /** Whether it was last found not to answer. */
  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  failed(): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = performance.now();
    this.#events?.emit?.({ type: 'daemon.lost', address: this.#address });
  }

  answered(): void {
    if (this.#lostAt === undefined) return;
    const ms = Math.round(performance.now() - this.#lostAt);
    this.#lostAt = undefined;
    this.#events?.emit?.({ type: 'daemon.back', address: this.#address, ms });
  }
}
