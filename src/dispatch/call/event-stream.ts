import type { Emit, ExecutionEvent } from '../../contract/api/events.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';

/** Runs the call to its result, which is also its last event. Never rejects. */
type Run = (emit: Emit, left: AbortSignal) => Promise<ExecutionResult>;

/**
 * The events of one call as an async iterable. The call starts with the first iteration; leaving the loop cancels it.
 * Events wait in memory for a slow reader; the limit of a guest's output bounds their number.
 */
export class EventStream implements AsyncIterable<ExecutionEvent> {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<ExecutionEvent, void, undefined> {
    return new EventReader(this.#run);
  }
}

type Next = IteratorResult<ExecutionEvent, void>;

/**
 * One loop over the events of one call. Not a generator, because a generator that waits for an event does not notice
 * that the loop was left.
 */
class EventReader implements AsyncIterableIterator<ExecutionEvent, void, undefined>, AsyncDisposable {
  readonly #run: Run;
  readonly #left = new AbortController();
  readonly #events: ExecutionEvent[] = [];
  readonly #waiting: ((next: Next) => void)[] = [];
  #running: Promise<ExecutionResult> | undefined;
  #isOver = false;

  constructor(run: Run) {
    this.#run = run;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Next> {
    const { promise, resolve } = Promise.withResolvers<Next>();
    this.#waiting.push(resolve);
    if (!this.#isOver) this.#running ??= this.#run((event) => this.#take(event), this.#left.signal);
    this.#serve();
    return promise;
  }

  async return(): Promise<Next> {
    this.#isOver = true;
    this.#events.length = 0;
    this.#serve();
    this.#left.abort();
    await this.#running;
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #take(event: ExecutionEvent): void {
    if (this.#isOver) return;
    this.#events.push(event);
    this.#serve();
  }

  /** Gives the available events to the waiting reads, in order. */
  #serve(): void {
    while (this.#waiting.length > 0 && (this.#isOver || this.#events.length > 0)) {
      const value = this.#events.shift();
      if (value?.type === 'finished') this.#isOver = true;
      this.#waiting.shift()?.(value ? { done: false, value } : { done: true, value: undefined });
    }
  }
}
