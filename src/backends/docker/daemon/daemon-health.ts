import type { EventHub } from '../../../support/event-hub.ts';

/** Whether the daemon answers, as far as anybody who asked it knows; says when that changes. */
export class DaemonHealth {
  readonly #address: string;
  readonly #events: EventHub | undefined;
  /** When it was found not to answer, by `performance.now()`; `undefined` while it does. */
  #lostAt: number | undefined;

  constructor(address: string, events: EventHub | undefined) {
    this.#address = address;
    this.#events = events;
  }

  /** Whether it was last found not to answer. */
  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  /** It does not answer. */
  failed(): void {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = performance.now();
    this.#events?.emit?.({ type: 'daemon.lost', address: this.#address });
  }

  /** It answers. */
  answered(): void {
    if (this.#lostAt === undefined) return;
    const ms = Math.round(performance.now() - this.#lostAt);
    this.#lostAt = undefined;
    this.#events?.emit?.({ type: 'daemon.back', address: this.#address, ms });
  }
}
