import { whenAborted } from './when-aborted.ts';

/**
 * The promise's outcome, or a rejection with the signal's reason as soon as the signal is aborted. A value that the
 * promise gives later is passed to `late`, so that its resources can be released.
 */
export async function abortable<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => {},
): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  using _ = whenAborted(signal, () => reject(signal.reason));
  try {
    return await Promise.race([promise, aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
    promise.then(late, () => {});
    throw signal.reason;
  }
}
