import { setImmediate as nextTurn } from 'node:timers/promises';
import { isBytes, isTransferred, viewOfBytes } from '../../contract/schema/bytes.ts';
import { awaitCallerPromise, callCallerFunction, readCallerValue } from '../../support/caller-values.ts';

/** What a caller gives where bytes are wanted. */
export type Source = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/** A source that always has a chunk at once lets nothing else run, no clock either: after so long others get their turn. */
const turnMs = 20;

/**
 * What the caller's source gives, as bytes and as it comes. A source that waits for its next chunk may never settle
 * `return`, so nothing waits for that.
 * @throws {ForeignError} where the source fails, {TypeError} where it gives something else; `signal.reason` once `signal` is
 * aborted.
 */
export async function* readSource(source: Source, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof source === 'string' || source instanceof Uint8Array) {
    yield bytesOf(source);
    return;
  }
  const chunks = readCallerValue(() => source[Symbol.asyncIterator]());
  let hasEnded = false;
  let turnAt = performance.now();
  try {
    for (;;) {
      if (performance.now() - turnAt > turnMs) {
        await nextTurn();
        turnAt = performance.now();
      }
      // Not a race with a promise for the end of the job: each would keep its chunk until then.
      const next = await awaitCallerPromise(() => chunks.next(), signal);
      const { done, value } = readCallerValue(() => ({ done: next.done === true, value: next.value as unknown }));
      hasEnded = done;
      if (done) return;
      yield bytesOf(value);
    }
  } finally {
    if (!hasEnded) void callCallerFunction((): unknown => chunks.return?.());
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  const bytes = isBytes(chunk) ? viewOfBytes(chunk) : undefined;
  if (bytes && !isTransferred(bytes)) return bytes;
  if (isBytes(chunk)) throw new TypeError('its bytes were transferred away');
  throw new TypeError(`it yielded ${chunk === null ? 'null' : typeof chunk} instead of text or bytes`);
}
