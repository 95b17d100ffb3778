import type { ExecutionEvent } from '../contract/events.ts';
import type { ExecutionRequest } from '../contract/request.ts';
import type { ExecutionResult } from '../contract/result.ts';

type Dispatch = (request: unknown, emit: (event: ExecutionEvent) => void) => Promise<ExecutionResult>;

/**
 * The events of one call as an async iterable. The call starts with the first iteration, and leaving the loop cancels it.
 * Events wait in memory for a slow reader; how much a guest can write bounds how many.
 */
export class EventStream implements AsyncIterable<ExecutionEvent> {
  readonly #request: ExecutionRequest;
  readonly #dispatch: Dispatch;

  constructor(request: ExecutionRequest, dispatch: Dispatch) {
    this.#request = request;
    this.#dispatch = dispatch;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ExecutionEvent, void, undefined> {
    const events: ExecutionEvent[] = [];
    let wake = Promise.withResolvers<void>();
    const left = new AbortController();
    const done = this.#dispatch(withSignal(this.#request, left.signal), (event) => {
      events.push(event);
      wake.resolve();
    });
    try {
      for (;;) {
        await wake.promise;
        wake = Promise.withResolvers();
        for (const event of events.splice(0)) {
          yield event;
          if (event.type === 'finished') return;
        }
      }
    } finally {
      left.abort();
      await done;
    }
  }
}

/** Adds a signal to a request of any shape; what is no object is left for validation to refuse. */
function withSignal(request: unknown, signal: AbortSignal): unknown {
  if (typeof request !== 'object' || request === null) return request;
  const own = (request as { signal?: unknown }).signal;
  if (own === undefined) return { ...request, signal };
  return own instanceof AbortSignal ? { ...request, signal: AbortSignal.any([own, signal]) } : request;
}
