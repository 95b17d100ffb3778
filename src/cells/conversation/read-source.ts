import { setImmediate as nextTurn } from 'node:timers/promises';
import { isBytes, isTransferred, viewOfBytes } from '../../contract/schema/bytes.ts';
import { awaitCallerPromise, callCallerFunction, readCallerValue } from '../../support/caller-values.ts';

/** Bytes from a caller, in any accepted form. */
export type Source = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * A source that always has a chunk ready would block the event loop, including timers: after this time, others get a
 * turn.
 */
const turnMs = 20;

/**
 * The caller's source as a stream of bytes. Does not wait for `return`, which may never settle while the source waits
 * for its next chunk.
 * @throws {CallerError} if the source fails, {TypeError} if it yields anything else; `signal.reason` once `signal` is
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
      // Not a race against one promise for the end of the job: that would keep every chunk in memory until the end.
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
