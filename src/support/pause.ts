import { whenAborted } from './when-aborted.ts';

/** Settles after a time, or sooner if the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  using _ = whenAborted(signal, resolve);
  await promise;
  clearTimeout(timer);
}
