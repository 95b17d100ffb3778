import { untilAborted } from '../support/until-aborted.ts';

/** What a caller gives where bytes are wanted. */
export type Source = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * What the caller's source gives, as bytes and as it comes. A source that waits for its next chunk may never settle
 * `return`, so nothing waits for that.
 * @throws whatever the source throws; `signal.reason` once `signal` is aborted.
 */
export async function* readSource(source: Source, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof source === 'string' || source instanceof Uint8Array) {
    yield bytesOf(source);
    return;
  }
  const chunks = source[Symbol.asyncIterator]();
  let hasEnded = false;
  try {
    for (;;) {
      // Not a race with a promise for the end of the job: each would keep its chunk until then.
      const next = await untilAborted(chunks.next(), signal);
      hasEnded = next.done === true;
      if (next.done) return;
      yield bytesOf(next.value);
    }
  } finally {
    if (!hasEnded) void Promise.resolve(chunks.return?.()).catch(() => undefined);
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`it yielded ${chunk === null ? 'null' : typeof chunk} instead of text or bytes`);
}
