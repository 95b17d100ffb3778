import type { EngineEvent, EngineEventListener, EngineEvents, UndatedEvent } from '../contract/api/engine-events.ts';
import { HotcellError } from '../contract/api/errors.ts';
import { callCallerFunction } from './caller-values.ts';

/**
 * The events of one engine. Code that has an event writes `hub.emit?.({ … })`: while nobody listens, that is one check
 * and no object is made. Listeners run in a separate turn of the event loop, so that a slow one does not delay the next
 * step of a call.
 */
export class EventHub implements EngineEvents {
  /** Emits an event; `undefined` while nobody listens. */
  emit: ((event: UndatedEvent) => void) | undefined;
  readonly #listeners = new Set<{ readonly hear: EngineEventListener }>();
  #waiting: EngineEvent[] = [];
  #isPlanned = false;

  /** @throws {HotcellError} `INVALID_REQUEST` if it is not a function */
  subscribe(hear: EngineEventListener): () => void {
    if (typeof hear !== 'function') throw new HotcellError('INVALID_REQUEST', 'The listener must be a function.');
    // The same function may be added twice.
    const listener = { hear };
    this.#listeners.add(listener);
    this.emit = this.#take;
    return () => {
      if (!this.#listeners.has(listener)) return;
      this.flush();
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.emit = undefined;
    };
  }

  /** Delivers all events so far to all listeners. */
  flush(): void {
    const events = this.#waiting;
    this.#waiting = [];
    const listeners = [...this.#listeners];
    for (const event of events) {
      for (const listener of listeners)
        if (this.#listeners.has(listener)) void callCallerFunction(() => listener.hear(event));
    }
  }

  readonly #take = (event: UndatedEvent): void => {
    const atMs = Math.round((performance.timeOrigin + performance.now()) * 1_000) / 1_000;
    this.#waiting.push(Object.freeze({ ...event, atMs }));
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#isPlanned = false;
      this.flush();
    });
  };
}
